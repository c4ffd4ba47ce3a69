// SPDX-License-Identifier: PostgreSQL
#include "report/totals.hpp"

#include "pgfilter/lost_rows.hpp"

namespace pgfilter {
namespace {

bool is_name(Field field) {
    return field == Field::owner || field == Field::tablespace || field == Field::tableam;
}

}  // namespace

void count_kind(KindTotals& totals, const PlannedEntry& planned) {
    const TocEntry& entry = planned.entry();
    KindCounts& counts = totals[entry.desc()];
    ++(entry.added() ? counts.added : counts.read);
    if (entry.dropped()) ++counts.dropped;
    if (!entry.dropped() && entry.changed()) ++counts.changed;
}

void UnhandledTotals::add(const PlannedEntry& planned, const Unhandled& place) {
    Total& total = totals_[{place.spec, place.argument}];
    total.places += place.count;
    ++total.kinds[planned.entry().desc()];
}

const UnhandledTotals::Total* UnhandledTotals::of(std::size_t rule,
                                                  std::optional<std::size_t> argument) const {
    const auto found = totals_.find({rule, argument});
    return found == totals_.end() ? nullptr : &found->second;
}

std::size_t UnhandledTotals::places_of(std::size_t rule) const {
    std::size_t places = 0;
    for (auto at = totals_.lower_bound({rule, std::nullopt}); at != totals_.end() && at->first.first == rule;
         ++at)
        places += at->second.places;
    return places;
}

UnhandledTotals count_unhandled(const Plan& plan) {
    UnhandledTotals totals;
    visit_as_read(plan, [&](const PlannedEntry& planned) {
        planned.for_each_unhandled([&](const Unhandled& place) { totals.add(planned, place); });
    });
    return totals;
}

void DroppedByRule::add(const PlannedEntry& planned) {
    constexpr EntryKinds rows = EntryKind::table_data | EntryKind::blobs;
    if (rows.has(planned.entry().kind())) return;
    ++kinds[planned.entry().desc()];
    entries.add(planned.index());
}

std::vector<RowLoss> row_losses(const Plan& plan) {
    using Route = Consequence::Route;
    using Key = std::tuple<std::size_t, std::optional<std::uint32_t>, Route>;
    std::map<Key, std::size_t> places;
    std::vector<RowLoss> losses;
    find_lost_rows(plan, [&](const LostRows& lost) {
        const Key key{lost.spec, lost.reason ? std::optional(lost.reason->cause) : std::nullopt,
                      lost.reason ? lost.reason->route : Route::belongs};
        const auto [place, fresh] = places.emplace(key, losses.size());
        if (fresh) losses.push_back({lost.spec, lost.reason});
        losses[place->second].data.push_back(static_cast<std::uint32_t>(lost.data));
    });
    return losses;
}

std::vector<ByKind<FirstEntries>> count_cascades(const Plan& plan) {
    using Route = Consequence::Route;
    std::vector<ByKind<FirstEntries>> taken(plan.reports.size());
    // Entries are in an order in which causes need not come first.
    for (const Consequence& consequence : plan.consequences.dropped) {
        if (consequence.route != Route::uses && consequence.route != Route::references) continue;
        if (plan.reports[consequence.spec].spec.of_target) continue;
        taken[consequence.spec][plan.prologue.toc[consequence.entry].desc()].add(consequence.entry);
    }
    return taken;
}

std::optional<NameChange> as_name_change(const FieldChange& change) {
    constexpr std::size_t longest = 100;
    if (!is_name(change.reported.field) || change.before.value_or("").size() > longest ||
        change.after.value_or("").size() > longest)
        return std::nullopt;
    const auto copy_of = [](Text text) { return text ? std::optional<std::string>(*text) : std::nullopt; };
    return NameChange{change.reported.field, change.rule, copy_of(change.before), copy_of(change.after)};
}

std::map<NameChange, std::size_t> count_name_changes(const Plan& plan) {
    constexpr std::size_t most = 1'000;  // a hostile archive can have as many as entries
    std::map<NameChange, std::size_t> entries;
    visit_as_read(plan, [&](const PlannedEntry& planned) {
        if (planned.action() != EntryAction::change) return;
        for (const ReportedField& reported : reported_fields) {
            if (!is_name(reported.field)) continue;
            const auto change = planned.change_of(reported);
            const auto name = change ? as_name_change(*change) : std::nullopt;
            if (name && (entries.size() < most || entries.contains(*name))) ++entries[*name];
        }
    });
    return entries;
}

}  // namespace pgfilter
