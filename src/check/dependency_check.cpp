// SPDX-License-Identifier: PostgreSQL
// Whether dependencies lead to entries, in front of those that have them, and never back to where they start.
#include <vector>

#include "archive/other_versions.hpp"
#include "archive/wire.hpp"
#include "check/toc_check.hpp"

namespace pgfilter {
namespace {

/// The entries that depend on each, in one run of memory.
class Dependents {
public:
    explicit Dependents(const Toc& toc) : begin_(toc.size() + 2), waiting_(toc.size()) {
        for_each_edge(toc, [&](std::size_t from, std::size_t to) {
            ++begin_[to + 2];
            ++waiting_[from];
        });
        for (std::size_t i = 2; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
        dependents_.resize(begin_.back());
        for_each_edge(toc, [&](std::size_t from, std::size_t to) {
            dependents_[begin_[to + 1]++] = static_cast<std::uint32_t>(from);
        });
    }

    /// Whether the entry waits for one that is part of a cycle, once those that can be restored are gone.
    [[nodiscard]] bool waits(std::size_t index) const { return waiting_[index] > 0; }

    void restore_all() {
        std::vector<std::uint32_t> ready;
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            if (waiting_[i] == 0) ready.push_back(static_cast<std::uint32_t>(i));
        }
        while (!ready.empty()) {
            const std::uint32_t index = ready.back();
            ready.pop_back();
            for (std::uint32_t i = begin_[index]; i < begin_[index + 1]; ++i) {
                if (--waiting_[dependents_[i]] == 0) ready.push_back(dependents_[i]);
            }
        }
    }

private:
    template <class Visit>
    static void for_each_edge(const Toc& toc, Visit visit) {
        for (std::size_t from = 0; from < toc.size(); ++from) {
            for (const DumpId id : toc[from].original_dependencies()) {
                if (const auto to = toc.find(id)) visit(from, *to);
            }
        }
    }

    std::vector<std::uint32_t> begin_;  // of each entry's dependents
    std::vector<std::uint32_t> dependents_;
    std::vector<std::uint32_t> waiting_;  // how many dependencies are still to be restored
};

class DependencyChecker {
public:
    DependencyChecker(const Prologue& prologue, const FindingHandler& found)
        : prologue_(prologue), toc_(prologue.toc), found_(found) {}

    void check() {
        for_each_entry(prologue_, [&](const EntryPlace& place) {
            largest_id_ = std::max(largest_id_, place.entry.dump_id());
        });
        for_each_entry(prologue_, [&](const EntryPlace& place) { check_entry(place); });
        if (missing_ > 0)
            found_(
                {FindingKind::dependency_missing,
                 std::to_string(missing_) + " dependencies lead to nothing in the archive, as in every dump",
                 std::nullopt, std::nullopt, ""});
        if (leads_forward_) check_cycles();
    }

private:
    void check_entry(const EntryPlace& place) {
        const std::vector<DumpId> ids = place.entry.original_dependencies();
        bool forward = false;
        for (const DumpId id : ids) {
            const auto index = toc_.find(id);
            missing_ += index ? 0U : 1U;
            forward = forward || (index && *index >= place.index);
        }
        leads_forward_ = leads_forward_ || forward;
        if (forward) found_(finding_in(place, FindingKind::dependency_order, "depends on a later entry"));
        if (place.entry.kind() == EntryKind::table_data && !ids.empty()) check_table(place, ids.front());
        if (place.entry.kind() == EntryKind::acl && place.entry.tag().starts_with("LARGE OBJECTS"))
            check_group(place, ids);
    }

    // pg_restore looks for the table by it (buildTocEntryArrays in pg_backup_archiver.c).
    void check_table(const EntryPlace& place, DumpId id) {
        if (id <= 0 || id > largest_id_)
            found_(finding_in(place, FindingKind::table_of_contents,
                              "dependency of rows cannot be their table"));
    }

    // pg_restore from 17 on takes the list of large objects from there, or crashes (IssueACLPerBlob).
    void check_group(const EntryPlace& place, const std::vector<DumpId>& ids) {
        if (prologue_.header.layout.version.minor < first_with_groups) return;
        const auto list = ids.empty() ? std::nullopt : toc_.find(ids.front());
        if (!list || toc_[*list].kind() != EntryKind::blob_metadata)
            found_(finding_in(place, FindingKind::large_objects,
                              "privileges do not depend on the list of their large objects"));
    }

    void check_cycles() {
        Dependents dependents(toc_);
        dependents.restore_all();
        std::size_t waiting = 0;
        std::optional<std::size_t> first;
        for (std::size_t i = 0; i < toc_.size(); ++i) {
            if (!dependents.waits(i)) continue;
            ++waiting;
            if (!first) first = i;
        }
        if (!first) return;
        const std::size_t start = find_cycle(dependents, *first);
        for_each_entry(prologue_, [&](const EntryPlace& place) {
            if (place.index == start)
                found_(finding_in(place, FindingKind::dependency_cycle,
                                  "depends on itself; because of such cycles " + std::to_string(waiting) +
                                      " entries have no order"));
        });
    }

    /// An entry of a cycle: following dependencies that wait comes to one twice.
    [[nodiscard]] std::size_t find_cycle(const Dependents& dependents, std::size_t index) const {
        std::vector<bool> seen(toc_.size(), false);
        while (!seen[index]) {
            seen[index] = true;
            for (const DumpId id : toc_[index].original_dependencies()) {
                const auto next = toc_.find(id);
                if (!next || !dependents.waits(*next)) continue;
                index = *next;
                break;
            }
        }
        return index;
    }

    const Prologue& prologue_;
    const Toc& toc_;
    const FindingHandler& found_;
    DumpId largest_id_ = 0;
    bool leads_forward_ = false;
    std::size_t missing_ = 0;
};

}  // namespace

void check_dependencies(const Prologue& prologue, const FindingHandler& found) {
    DependencyChecker(prologue, found).check();
}

}  // namespace pgfilter
