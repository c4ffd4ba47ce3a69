// SPDX-License-Identifier: PostgreSQL
// What no archive can have is refused by the call that asks for it, or does not compile.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <type_traits>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"
#include "support/archive_builder.hpp"

namespace pgfilter {
namespace {

using namespace test;

// A header is written as it was read, and entries belong to a Toc.
static_assert(!std::is_assignable_v<decltype((std::declval<Prologue&>().header.database)), std::string>);
static_assert(!std::is_assignable_v<decltype((std::declval<Prologue&>().size)), std::uint64_t>);
static_assert(!std::is_assignable_v<Prologue&, Prologue>);
static_assert(!std::is_assignable_v<Toc&, Toc>);
static_assert(!std::is_copy_constructible_v<TocEntry>);
static_assert(!std::is_assignable_v<TocEntry&, const TocEntry&>);

/// A table and two tables' data.
std::string three_entries(int minor = 16) {
    ArchiveValue archive;
    archive.minor = minor;
    for (int id = 1; id <= 3; ++id) {
        EntryValue entry;
        entry.dump_id = id;
        entry.tag = "t" + std::to_string(id);
        if (id > 1) {
            entry.desc = "TABLE DATA";
            entry.section = 3;
            entry.rows = {{"row\n"}};
        }
        archive.entries.push_back(entry);
    }
    return build(archive).bytes();
}

Prologue prologue_of(const std::string& bytes) {
    MemorySource source(bytes);
    return read_prologue(source);
}

std::string written(const std::string& bytes, const std::function<void(Toc&)>& edit) {
    MemorySource source(bytes);
    Prologue prologue = read_prologue(source);
    edit(prologue.toc);
    MemorySink sink;
    ArchiveWriter writer(sink, prologue);
    read_blocks(source, prologue, writer);
    writer.finish();
    return sink.bytes();
}

class TocContract : public testing::Test {
protected:
    /// The call throws, names itself, and leaves everything as it was.
    void refuses(const std::string& message, const std::function<void(Toc&)>& edit) {
        const auto faulty = [&](Toc& toc) {
            try {
                edit(toc);
                ADD_FAILURE() << "accepted: " << message;
            } catch (const ContractError& error) {
                EXPECT_EQ(error.what(), message);
            }
            EXPECT_FALSE(toc.rewritten());
        };
        EXPECT_EQ(written(bytes_, faulty), bytes_);
    }

    std::string bytes_ = three_entries();
};

TEST_F(TocContract, SomeTextsCannotBeNull) {
    const auto set = [](Field field) {
        return [=](Toc& toc) { toc.set_text(toc[0], field, std::nullopt, 0); };
    };
    refuses("set_text(): tag cannot be NULL", set(Field::tag));
    refuses("set_text(): desc cannot be NULL", set(Field::desc));
    refuses("set_text(): catalog OID cannot be NULL", set(Field::table_oid));
    refuses("set_text(): object OID cannot be NULL", set(Field::oid));
    refuses("set_text(): WITH OIDS flag cannot be NULL", set(Field::with_oids));
    for (const Field field : {Field::defn, Field::drop_stmt, Field::copy_stmt, Field::namespace_,
                              Field::tablespace, Field::tableam, Field::owner})
        EXPECT_NO_THROW(prologue_of(written(bytes_, set(field))));
}

TEST_F(TocContract, OnlyTextsAreSetAsTexts) {
    for (const auto& [field, name] :
         {std::pair(Field::dump_id, "dump ID"), std::pair(Field::had_dumper, "data flag"),
          std::pair(Field::section, "section"), std::pair(Field::relkind, "relkind"),
          std::pair(Field::dependencies, "dependency"), std::pair(Field::data_offset, "data offset")}) {
        refuses(std::string("set_text(): ").append(name).append(" is no text"),
                [&, of = field](Toc& toc) { toc.set_text(toc[0], of, "1", 0); });
        if (field != Field::section && field != Field::relkind)
            refuses(std::string("set_number(): ").append(name).append(" is not section or relkind"),
                    [&, of = field](Toc& toc) { toc.set_number(toc[0], of, 1, 0); });
    }
}

TEST_F(TocContract, DataAndDependenciesMustBeSome) {
    refuses("drop_data(): entry 1 (TABLE public t1) has no data", [](Toc& toc) { toc.drop_data(toc[0], 0); });
    refuses("set_dependencies(): -1 is no dump ID", [](Toc& toc) {
        toc.set_dependencies(toc[0], {1, -1}, 0);
    });
}

TEST_F(TocContract, AnOrderIsAPermutation) {
    const auto order = [](std::vector<std::uint32_t> indexes) {
        return [=](Toc& toc) { toc.set_order(indexes); };
    };
    refuses("set_order(): 0 indexes for 3 entries", order({}));
    refuses("set_order(): 4 indexes for 3 entries", order({0, 1, 2, 0}));
    refuses("set_order(): the index 0 comes twice", order({0, 0, 2}));
    refuses("set_order(): no entry has the index 3", order({0, 1, 3}));
    refuses(
        "set_order(): entry 3 (TABLE DATA public t3) has data and leaves the order of the entries with data",
        order({0, 2, 1}));
}

TEST_F(TocContract, EntriesMoveAroundData) {
    const Prologue moved = prologue_of(written(bytes_, [](Toc& toc) { toc.set_order({1, 0, 2}); }));
    EXPECT_EQ(moved.toc[0].dump_id(), 2);
    EXPECT_EQ(moved.toc[1].dump_id(), 1);
    const Prologue passed = prologue_of(written(bytes_, [](Toc& toc) {
        toc.drop(toc[1], 0);  // without its block it may be anywhere
        toc.set_order({2, 1, 0});
    }));
    EXPECT_EQ(passed.toc[0].dump_id(), 3);
}

/// One edit of the public kind, drawn at random.
void edit_at_random(Toc& toc) {
    TocEntry& entry = toc[*rc::gen::inRange<std::size_t>(0, toc.size())];
    const auto field = static_cast<Field>(*rc::gen::inRange(0, static_cast<int>(Field::data_offset) + 1));
    const std::string text = *rc::gen::string<std::string>();
    switch (*rc::gen::inRange(0, 6)) {
        case 0:
            return toc.drop(entry, 0);
        case 1:
            return toc.drop_data(entry, 0);
        case 2:
            return toc.set_dependencies(entry, {*rc::gen::inRange(-1, 5)}, 0);
        case 3: {
            std::vector<std::uint32_t> order;
            while (order.size() < toc.size()) order.push_back(*rc::gen::inRange(0U, 4U));
            return toc.set_order(order);
        }
        case 4:
            toc.set_text(entry, field, std::nullopt, 0);
            return;
        default:
            toc.set_text(entry, field, Text(text), 0);
    }
}

RC_GTEST_PROP(Contract, AnyEditIsRefusedOrMakesAnArchiveThatIsRead, ()) {
    const std::string output = written(three_entries(*rc::gen::inRange(10, 17)), [](Toc& toc) {
        for (int edits = *rc::gen::inRange(1, 8); edits > 0; --edits) {
            try {
                edit_at_random(toc);
            } catch (const ContractError&) {
            }
        }
    });
    EXPECT_EQ(written(output, [](Toc&) {}), output);
}

}  // namespace
}  // namespace pgfilter
