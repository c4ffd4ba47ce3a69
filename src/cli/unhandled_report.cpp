#include "cli/unhandled_report.hpp"

#include <map>
#include <utility>

#include "cli/loss_report.hpp"
#include "cli/plural.hpp"
#include "cli/visible_text.hpp"

namespace pgfilter::cli {
namespace {

/// Entries that one rule left with one fault.
struct LeftEntries {
    std::size_t entries = 0;
    std::size_t others = 0;  // that need these, and nothing else is wrong with
    std::string first;
    std::vector<std::string> names;  // the first ones
    std::string hint;

    void add(const std::string& what, const TocEntry& entry, const std::string& its_hint) {
        constexpr std::size_t most_names = 3;
        if (entries++ == 0) {
            first = entry.label() + ": " + what;
            hint = its_hint;
        }
        if (names.size() < most_names) names.push_back(kind_and_name(entry));
    }

    [[nodiscard]] std::string end() const {
        std::string text;
        if (others > 0)
            text += "; " + plural(others, "other entry needs", "other entries need") + " what would fail";
        return text + (hint.empty() ? "" : "; " + hint);
    }
};

/// Leads from entries that need a broken one to that which needs what is dropped.
class FirstBroken {
public:
    explicit FirstBroken(const Plan& plan) : plan_(plan), first_(plan.consequences.broken.size(), unknown) {}

    /// The entry itself, if nothing else is to blame.
    const BrokenEntry& of(const BrokenEntry& broken) {
        const std::vector<BrokenEntry>& all = plan_.consequences.broken;
        auto place = static_cast<std::size_t>(&broken - all.data());
        path_.clear();
        while (first_[place] == unknown) {
            first_[place] = place;  // where a circle ends
            path_.push_back(place);
            if (plan_.prologue.toc[all[place].cause].dropped()) break;
            const BrokenEntry* const next = plan_.consequences.find_broken(all[place].cause);
            if (next == nullptr) break;
            place = static_cast<std::size_t>(next - all.data());
        }
        const std::size_t first = first_[place];
        for (const std::size_t passed : path_) first_[passed] = first;
        return all[first];
    }

private:
    static constexpr std::size_t unknown = static_cast<std::size_t>(-1);

    const Plan& plan_;
    std::vector<std::size_t> first_;  // by the place among those that are broken
    std::vector<std::size_t> path_;
};

/// What one rule left: by causes, as far as there are few.
class LeftByRule {
public:
    /// `cause`: of all that is wrong, if it is not the entry's own fault; empty if it is.
    void add(const Plan& plan, const Unhandled& place, const TocEntry& entry, const std::string& cause) {
        const bool has_cause = place.name.empty() && !place.argument;
        LeftEntries* const of_cause = has_cause ? find(cause.empty() ? place.reason : cause) : nullptr;
        LeftEntries& left = of_cause != nullptr ? *of_cause : others_;
        // Several places of an entry count once.
        const Latest place_of_it{&entry, &left};
        if (std::exchange(latest_, place_of_it) == place_of_it) return;
        if (of_cause != nullptr && !cause.empty())
            ++left.others;
        else
            left.add(unhandled_text(plan, place), entry, hint_text(place));
    }

    void describe(const std::string& rule, std::vector<std::string>& lines) const {
        for (const auto& [cause, left] : by_cause_) lines.push_back(rule + ": " + describe(cause, left));
        if (others_.entries == 0) return;
        lines.push_back(rule + ": " + plural(others_.entries, "entry", "entries") +
                        " left with what it could not handle; " + others_.first +
                        (others_.entries > 1 ? "; --dry-run lists them all" : "") + others_.end());
    }

private:
    using Latest = std::pair<const TocEntry*, const LeftEntries*>;

    LeftEntries* find(const std::string& cause) {
        constexpr std::size_t most_causes = 5;
        by_cause_.reserve(most_causes);  // so that they stay where they are
        for (auto& [known, left] : by_cause_) {
            if (known == cause) return &left;
        }
        if (by_cause_.size() == most_causes) return nullptr;
        return &by_cause_.emplace_back(cause, LeftEntries()).second;
    }

    static std::string describe(const std::string& cause, const LeftEntries& left) {
        if (left.entries == 0) return plural(left.others, "entry needs", "entries need") + " what " + cause;
        if (left.entries == 1) return left.first + left.end();
        std::string text = plural(left.entries, "entry", "entries");
        const char* separator = " (";
        for (const std::string& name : left.names) text.append(std::exchange(separator, ", ")).append(name);
        if (left.entries > left.names.size())
            text +=
                " and " + std::to_string(left.entries - left.names.size()) + " more, which --dry-run lists";
        return text + "): each " + cause + left.end();
    }

    std::vector<std::pair<std::string, LeftEntries>> by_cause_;
    LeftEntries others_;
    Latest latest_;
};

}  // namespace

std::string unhandled_text(const Plan& plan, const Unhandled& place) {
    std::string name = place.name;
    if (name.empty() && place.argument) {
        const RuleArgument& argument = plan.reports[place.spec].spec.arguments[*place.argument];
        name = argument.key.empty() ? argument.value : argument.key;
    }
    if (name.empty()) return place.reason;
    return visible(name) + " occurs " + plural(place.count, "time", "times") + " " + place.reason;
}

std::string hint_text(const Unhandled& place) {
    std::string beforehand =
        "as in pg_restore, the schema itself is not selected: it has to be there beforehand";
    switch (place.remedy) {
        case Unhandled::Remedy::cascade:
            return "--cascade drops such entries too";
        case Unhandled::Remedy::exclude_table_data:
            return "--exclude-table-data leaves its rows out";
        case Unhandled::Remedy::schema_beforehand:
            return beforehand;
        case Unhandled::Remedy::include_schema:
            return beforehand +
                   "; --include-schema selects schemas with all that is in them, as pg_dump -n does";
        case Unhandled::Remedy::none:
            break;
    }
    return {};
}

std::vector<std::string> unhandled_places(const Plan& plan, bool quick) {
    std::vector<LeftByRule> left(plan.reports.size());
    const Toc& toc = plan.prologue.toc;
    FirstBroken first_broken(plan);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const BrokenEntry* const broken = plan.consequences.find_broken(i);
        const BrokenEntry* const first = broken == nullptr ? nullptr : &first_broken.of(*broken);
        const std::string cause = first == broken ? std::string() : describe(toc, *first);
        find_unhandled(plan, toc[i], quick, [&](const Unhandled& place) {
            const bool is_broken = !cause.empty() && place.reason == describe(toc, *broken);
            left[place.spec].add(plan, place, toc[i], is_broken ? cause : std::string());
        });
    }
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < left.size(); ++i) left[i].describe(full_name(plan.reports[i].spec), lines);
    return lines;
}

}  // namespace pgfilter::cli
