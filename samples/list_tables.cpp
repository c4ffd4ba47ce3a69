// SPDX-License-Identifier: PostgreSQL
// The tables of an archive: name, owner, bytes stored, rows.  Reads all of it, wrapped or not.
//
//     list_tables nightly.dump.gz
#include <iostream>
#include <map>

#include "pgfilter/check.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/sql.hpp"
#include "pgfilter/wrapped.hpp"

namespace {

using namespace pgfilter;

std::string name_of(const TocEntry& entry) {
    return sql::quote_name({std::string(entry.namespace_().value_or("")), std::string(entry.tag())});
}

/// The data of tables, by the dump IDs of these.
std::map<DumpId, CheckedBlock> data_of_tables(const CheckReport& report) {
    std::map<DumpId, CheckedBlock> data;
    for (const CheckedBlock& block : report.blocks) {
        const TocEntry& entry = report.prologue->toc[block.entry];
        if (entry.kind() != EntryKind::table_data) continue;
        for (const DumpId table : entry.dependencies()) data[table] = block;
    }
    return data;
}

int list_tables(const std::string& name) {
    InputFile archive(name);
    const CheckReport report = check_archive({archive, {}});
    for (const Finding& finding : report.findings) {
        if (finding.severity() == Severity::error) std::cerr << finding.message << '\n';
    }
    if (!report.sound()) return 1;

    const std::map<DumpId, CheckedBlock> data = data_of_tables(report);
    const Toc& toc = report.prologue->toc;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const TocEntry& table = toc[i];
        if (table.kind() != EntryKind::table) continue;
        std::cout << name_of(table) << '\t' << table.owner().value_or("") << '\t';
        const auto found = data.find(table.dump_id());
        if (found == data.end()) {  // it has none: a partitioned table, or pg_dump was told to leave it out
            std::cout << "-\t-\n";
        } else {
            std::cout << found->second.stored_bytes << '\t';
            // Rows are counted in COPY data; pg_dump --inserts writes statements.
            if (found->second.items)
                std::cout << *found->second.items << '\n';
            else
                std::cout << "?\n";
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 2) throw Error(ErrorCode::usage, "usage: list_tables FILE");
    return list_tables(argv[1]);
} catch (const pgfilter::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
