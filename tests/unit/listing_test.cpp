// SPDX-License-Identifier: PostgreSQL
// Listings of what no archive of pg_dump's has.  The rest is compared with pg_restore elsewhere.
#include "cli/listing.hpp"

#include <gtest/gtest.h>

#include "pgfilter/rules.hpp"
#include "rules/rule_access.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter::cli {
namespace {

using namespace test;

class Edit final : public Rule {
public:
    void apply(RuleContext& context) override {
        context.set_text(context.entry(0), Field::owner, "new");
        RuleAccess::add_copy(context, 0);
        context.drop(context.entry(1));
    }
};

std::string listing(bool verbose) {
    ArchiveValue archive;
    archive.database = std::nullopt;
    for (int id = 1; id <= 3; ++id) {
        EntryValue entry;
        entry.dump_id = id;
        entry.tag = "a\r\nb";
        if (id == 3) entry.dependencies = {2, 77, 2};
        if (id == 3) entry.owner = std::nullopt;
        if (id == 3) entry.namespace_ = std::nullopt;
        archive.entries.push_back(entry);
    }
    const std::string bytes = build(archive).bytes();
    RuleRegistry registry;
    registry.add({"edit", "test"}, [](std::span<const RuleSpec>) { return std::make_unique<Edit>(); });
    MemorySource source(bytes);
    MemorySink sink;
    write_listing(make_plan({{{"edit", {}}}, {}}, registry, source), verbose, sink);
    return sink.bytes();
}

std::string behind_header(const std::string& text) {
    const std::string end = "Selected TOC Entries:\n;\n";
    return text.substr(text.find(end) + end.size());
}

TEST(Listing, ShowsWhatIsKeptAsItWillBe) {
    const std::string text = listing(false);
    EXPECT_EQ(behind_header(text),
              "1; 1259 16384 TABLE public a  b new\n4; 1259 16384 TABLE public a  b new\n"
              "3; 1259 16384 TABLE - a  b \n");
    EXPECT_NE(text.find(";     dbname: \n;     TOC Entries: 3\n"), std::string::npos) << text;
}

TEST(Listing, ShowsAllWithVerbose) {
    EXPECT_EQ(behind_header(listing(true)),
              "1; 1259 16384 TABLE public a  b new\n4; 1259 16384 TABLE public a  b new\n"
              "2; 1259 16384 TABLE public a  b app\n3; 1259 16384 TABLE - a  b \n;\tdepends on: 2 77 2\n")
        << "what is dropped, too";
}

}  // namespace
}  // namespace pgfilter::cli
