// SPDX-License-Identifier: PostgreSQL
// Whatever a plug-in calls: the run is refused with an Error, or an archive is written that is read again.
//
// The input is a script for scripted_plugin.c.
#include <cstdint>

#include "fuzz_target.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/plugins.hpp"
#include "support/archive_builder.hpp"

namespace {

using namespace pgfilter;

const RuleRegistry& registry() {
    static const RuleRegistry loaded = [] {
        RuleRegistry made;
        load_plugin(SCRIPTED_PLUGIN, PluginTrust::written_for, made);
        return made;
    }();
    return loaded;
}

test::EntryValue entry_of(int dump_id, const std::string& desc, const std::string& tag,
                          const std::string& defn, std::vector<int> dependencies) {
    test::EntryValue entry;
    entry.dump_id = dump_id;
    entry.desc = desc;
    entry.tag = tag;
    entry.defn = defn;
    entry.dependencies = std::move(dependencies);
    return entry;
}

/// With something of everything that a plug-in can drop or change.
const std::string& archive() {
    static const std::string bytes = [] {
        test::ArchiveValue value;
        value.entries = test::first_entries();
        value.entries.push_back(entry_of(10, "TABLE", "t", "CREATE TABLE public.t (\"Id\" integer);\n", {}));
        value.entries.push_back(
            entry_of(11, "VIEW", "v", "CREATE VIEW public.v AS SELECT 'x' FROM t;\n", {10}));
        value.entries.push_back(
            entry_of(12, "ACL", "TABLE t", "GRANT SELECT ON TABLE public.t TO a;\n", {10}));
        value.entries.push_back(entry_of(13, "TABLE DATA", "t", "", {10}));
        value.entries.back().section = 3;
        value.entries.back().copy_stmt = "COPY public.t (\"Id\") FROM stdin;\n";
        value.entries.back().rows = {{"1\n\\.\n\n\n"}};
        value.entries.push_back(
            entry_of(14, "INDEX", "i", "CREATE INDEX i ON public.t USING btree (\"Id\");\n", {10}));
        value.entries.back().section = 4;
        return test::build(value).bytes();
    }();
    return bytes;
}

void read_again(Bytes written, const Summary& summary) {
    MemorySource source(written);
    const Plan plan = make_plan({}, registry(), source);
    require(plan.prologue.toc.size() == summary.entries_written);
    MemorySink sink;
    execute(plan, source, sink);
    require(sink.bytes() == written);
}

}  // namespace

bool fuzz_one(Bytes input) try {
    MemorySource source(archive());
    const Plan plan = make_plan({{{"scripted", {{"script", std::string(input)}}}}, {}}, registry(), source);
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i)
        find_unhandled(plan, plan.prologue.toc[i], false,
                       [](const Unhandled& place) { require(place.spec == 0); });
    MemorySink sink;
    const Summary summary = execute(plan, source, sink);
    read_again(sink.bytes(), summary);
    return true;
} catch (const Error& error) {
    require(error.code() == ErrorCode::refused || error.code() == ErrorCode::usage ||
            error.code() == ErrorCode::limit);
    return false;
}
