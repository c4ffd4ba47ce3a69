// SPDX-License-Identifier: PostgreSQL
// What a plan comes to, added up while its entries are visited.
//
// The bounds of what an archive can make these grow to stand here: a hostile one can have as many kinds as
// entries, and of any length.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "report/planned_entry.hpp"

namespace pgfilter {

/// How many entries, and which the first of them are, as indexes of the Toc.
struct FirstEntries {
    static constexpr std::size_t most = 5;
    std::size_t count = 0;
    std::vector<std::size_t> first = {};

    void add(std::size_t index) {
        if (++count <= most) first.push_back(index);
    }
};

/// A value for each kind of entry, by the kinds' names.  pg_dump has half as many kinds as there is room for;
/// those that are too many or too long to be one of its are counted together as "other kinds".
template <class Value>
class ByKind {
public:
    static constexpr std::size_t longest = 60;
    static constexpr std::size_t most = 100;

    Value& operator[](Bytes kind) {
        const auto known = values_.find(kind);
        if (known != values_.end()) return known->second;
        const bool has_room = values_.size() < most && kind.size() <= longest;
        return values_[has_room ? std::string(kind) : "other kinds"];
    }
    [[nodiscard]] bool empty() const { return values_.empty(); }
    [[nodiscard]] auto begin() const { return values_.begin(); }
    [[nodiscard]] auto end() const { return values_.end(); }

private:
    std::map<std::string, Value, std::less<>> values_;
};

/// Entries of a kind.
struct KindCounts {
    std::size_t read = 0;
    std::size_t dropped = 0;
    std::size_t changed = 0;
    std::size_t added = 0;
};

using KindTotals = ByKind<KindCounts>;

void count_kind(KindTotals& totals, const PlannedEntry& planned);

/// What rules left as it is, in all kept entries.
class UnhandledTotals {
public:
    struct Total {
        std::size_t places = 0;       ///< occurrences
        ByKind<std::size_t> kinds{};  ///< entries, each as often as it is reported
    };

    void add(const PlannedEntry& planned, const Unhandled& place);

    /// What is due to an argument of a rule, or without one, to none of them; null if nothing is.
    [[nodiscard]] const Total* of(std::size_t rule, std::optional<std::size_t> argument) const;
    /// Occurrences that are due to a rule, whatever the argument.
    [[nodiscard]] std::size_t places_of(std::size_t rule) const;

private:
    std::map<std::pair<std::size_t, std::optional<std::size_t>>, Total> totals_;
};

UnhandledTotals count_unhandled(const Plan& plan);

/// What a rule dropped, but for rows: row_losses() has those.
struct DroppedByRule {
    ByKind<std::size_t> kinds{};
    FirstEntries entries{};

    void add(const PlannedEntry& planned);
};

/// Tables that lose their rows for one reason, as find_lost_rows() gives them.
struct RowLoss {
    std::size_t rule = 0;  ///< a place in plan.reports
    std::optional<Consequence> reason;
    std::vector<std::uint32_t> data = {};  ///< the entries that have the rows, as indexes of the Toc
};

/// In the order in which the first of them was read.
std::vector<RowLoss> row_losses(const Plan& plan);

/// What cascades take for the sake of each rule of the user's, apart from rows: entries by kind.
std::vector<ByKind<FirstEntries>> count_cascades(const Plan& plan);

/// A change of the name of an owner, a tablespace or a table access method.
struct NameChange {
    Field field = Field::owner;
    std::optional<std::size_t> rule;
    std::optional<std::string> before;
    std::optional<std::string> after;

    bool operator<(const NameChange& other) const {
        return std::tie(field, rule, before, after) <
               std::tie(other.field, other.rule, other.before, other.after);
    }
};

/// Nothing if the change is none of a name, or if the names are too long to be kept.
std::optional<NameChange> as_name_change(const FieldChange& change);

/// How many entries have the same change of a name; those that are kept and not copies.
std::map<NameChange, std::size_t> count_name_changes(const Plan& plan);

}  // namespace pgfilter
