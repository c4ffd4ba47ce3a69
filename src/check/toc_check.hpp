// SPDX-License-Identifier: PostgreSQL
// What is wrong with what a table of contents says.
#pragma once

#include <string>
#include <utility>

#include "bytes/harmless.hpp"
#include "pgfilter/archive.hpp"
#include "pgfilter/finding.hpp"

namespace pgfilter {

/// Tells all that can be seen in single entries and in their order.  Linear in the TOC.  Whether the tables
/// of its data are there is asked by check_missing_tables() (check/missing_tables.hpp), which needs a graph.
void check_toc(const Prologue& prologue, const FindingHandler& found);

/// An entry and where it begins in the input.
struct EntryPlace {
    const TocEntry& entry;
    std::size_t index;
    std::uint64_t offset;
};

/// Calls with one entry after the other.
template <class Visit>
void for_each_entry(const Prologue& prologue, Visit visit) {
    const Toc& toc = prologue.toc;
    std::uint64_t offset = prologue.header.stored.size() + prologue.stored_count.size();
    for (std::size_t i = 0; i < toc.size(); ++i) {
        visit(EntryPlace{toc[i], i, offset});
        offset += toc[i].stored().size();
    }
}

inline Finding finding_in(const EntryPlace& place, FindingKind kind, std::string message) {
    return {kind, harmless(std::move(message)), place.offset, place.entry.dump_id(), place.entry.label()};
}

// Parts of check_toc().
void check_session(const Prologue& prologue, const FindingHandler& found);
void check_texts(const Prologue& prologue, const FindingHandler& found);
void check_dependencies(const Prologue& prologue, const FindingHandler& found);

}  // namespace pgfilter
