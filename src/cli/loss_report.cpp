#include "cli/loss_report.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "archive/dialect.hpp"
#include "bytes/harmless.hpp"
#include "cli/plural.hpp"
#include "pgfilter/lost_rows.hpp"
#include "rules/definition.hpp"

namespace pgfilter::cli {
namespace {

using Route = Consequence::Route;

/// Tables that lose their rows for one reason.
struct Loss {
    std::size_t spec = 0;
    std::optional<Consequence> reason;
    std::size_t tables = 0;
    std::string names;
};

class Losses {
public:
    explicit Losses(const Plan& plan) : plan_(plan) {
        find_lost_rows(plan, [&](const LostRows& lost) { add(lost); });
    }
    [[nodiscard]] const std::vector<Loss>& in_order() const { return losses_; }

private:
    using Key = std::tuple<std::size_t, std::optional<std::uint32_t>, Route>;

    void add(const LostRows& lost) {
        const Key key{lost.spec, lost.reason ? std::optional(lost.reason->cause) : std::nullopt,
                      lost.reason ? lost.reason->route : Route::belongs};
        const auto [place, fresh] = places_.emplace(key, losses_.size());
        if (fresh) losses_.push_back({lost.spec, lost.reason, 0, {}});
        Loss& loss = losses_[place->second];
        if (loss.tables++ > 0) loss.names += ", ";
        loss.names += name_of_rows(plan_.prologue.toc[lost.data]);
    }

    const Plan& plan_;
    std::map<Key, std::size_t> places_;
    std::vector<Loss> losses_;
};

/// "uses TYPE public.mood, which is dropped".
std::string reason_text(const Plan& plan, const Loss& loss) {
    if (!loss.reason) return {};
    const bool one = loss.tables == 1;
    const std::string cause = kind_and_name(plan.prologue.toc[loss.reason->cause]);
    switch (loss.reason->route) {
        case Route::uses:
            return (one ? ": it uses " : ": they use ") + cause + ", which is dropped";
        case Route::references:
            return (one ? ": it refers to rows of " : ": they refer to rows of ") + cause +
                   ", which are dropped";
        default:
            return (one ? ": it belongs to " : ": they belong to ") + cause + ", which is dropped";
    }
}

/// The entry that a rule dropped, from which a chain of consequences leads here.
std::size_t first_cause(const Plan& plan, const Loss& loss) {
    std::size_t entry = loss.reason->cause;
    while (const Consequence* const next = plan.consequences.find_dropped(entry)) entry = next->cause;
    return entry;
}

/// As a word for the shell: a pattern that is this name alone.
std::string pattern_word(const std::string& name) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (!name.empty() && std::all_of(name.begin(), name.end(), is_plain)) return name;
    std::string word = "'\"";
    for (const char c : name) {
        if (c == '\'')
            word += "'\\''";
        else
            word.append(c == '"' ? 2 : 1, c);
    }
    return harmless(word + "\"'");
}

/// The option for several names.  It answers what the target says of its subject, so that it has to name what
/// the target would have kept, too.
std::string repeated(const std::string& option, const std::string& name, std::vector<std::string> others) {
    constexpr std::size_t most = 20;
    std::string text = option + " " + pattern_word(name);
    for (std::size_t i = 0; i < others.size() && i < most; ++i)
        if (others[i] != name) text += " " + option + " " + pattern_word(others[i]);
    return text + (others.size() > most ? " and so on for all that are to stay" : "");
}

/// The extensions that the plan keeps.
std::vector<std::string> kept_extensions(const Toc& toc) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].kind() == EntryKind::extension && !toc[i].dropped()) names.emplace_back(toc[i].tag());
    }
    return names;
}

/// Options that keep what the target's rule drops; empty if none does.
std::string keeping_options(const Plan& plan, const TocEntry& dropped) {
    if (!dropped.dropped() || dropped.dropped_by() >= plan.reports.size()) return {};
    const RuleSpec& rule = plan.reports[dropped.dropped_by()].spec;
    if (!rule.of_target) return {};
    const Toc& toc = plan.prologue.toc;
    if (rule.name == "extension" || rule.name == "exclude-extension") {
        const std::string name(dropped.tag());
        return "if " + harmless(name) + " exists there, say " +
               repeated("--extension", name, kept_extensions(toc));
    }
    if (rule.name == "language") {
        const auto language = language_of(dropped, dialect_of(toc));
        std::vector<std::string> others;
        for (const RuleArgument& argument : rule.arguments) others.push_back(argument.value);
        if (language)
            return "if you may use language " + harmless(*language) + " there, say " +
                   repeated("--language", *language, std::move(others));
    }
    return {};
}

/// What the user can do to keep the rows.
std::string remedy(const Plan& plan, const Options& options, const Loss& loss) {
    const RuleSpec& rule = plan.reports[loss.spec].spec;
    if (!rule.of_target) {
        const bool was_left = plan.reports[loss.spec].reach == Reach::selection;
        return loss.reason && (was_left || loss.reason->route != Route::belongs)
                   ? "; without --cascade it is kept"
                   : "";
    }
    if (rule.name == "no-extension-data" || rule.name == "no-objects-in-extension-schemas")
        return "; --keep-extension-data keeps them";
    if (loss.reason) {
        const TocEntry& cause = plan.prologue.toc[first_cause(plan, loss)];
        // Of the extension's own tables.
        const bool needs_owner = cause.kind() == EntryKind::extension &&
                                 loss.reason->route == Route::belongs &&
                                 loss.reason->cause == *plan.prologue.toc.find(cause.dump_id());
        const std::string keeping = keeping_options(plan, cause);
        if (!keeping.empty())
            return "; " + keeping +
                   (needs_owner ? " --keep-extension-data, if you may write to its tables" : "");
    }
    const std::string option =
        options.target.empty() ? "--from " + options.sources.front() : "--for " + options.target;
    return "; to keep them, write the rules with --print-rules " + option + " and take this one out";
}

std::string because(const RuleSpec& rule) {
    return rule.because.empty() ? "" : ": " + harmless(rule.because);
}

/// What a cascade takes for the sake of one rule.
struct Taken {
    struct OfKind {
        std::size_t count = 0;
        std::vector<std::string> names;  // the first ones
    };
    std::map<std::string, OfKind, std::less<>> kinds;
};

std::string describe(const Taken& taken) {
    std::string text;
    for (const auto& [kind, some] : taken.kinds) {
        text += (text.empty() ? "" : ", ") + std::to_string(some.count) + " " + kind;
        const char* separator = " (";
        for (const std::string& name : some.names) text += std::exchange(separator, ", ") + name;
        text += some.count > some.names.size()
                    ? " and " + std::to_string(some.count - some.names.size()) + " more)"
                    : ")";
    }
    return text;
}

}  // namespace

std::string short_name(const TocEntry& entry) {
    constexpr std::size_t longest = 100;
    const Bytes schema = entry.namespace_().value_or("");
    std::string name(schema.substr(0, longest));
    if (!schema.empty()) name += '.';
    return harmless(name.append(entry.tag().substr(0, longest)));
}

std::string name_of_rows(const TocEntry& data) {
    return data.kind() == EntryKind::blobs ? "large objects" : short_name(data);
}

std::string kind_and_name(const TocEntry& entry) {
    constexpr std::size_t longest = 60;
    return harmless(std::string(entry.desc().substr(0, longest))) + " " + short_name(entry);
}

std::string full_name(const RuleSpec& spec) {
    if (spec.origin.empty()) return spec.name;
    return (spec.of_target ? spec.origin.substr(0, spec.origin.rfind(", line ")) : spec.origin) + ": " +
           spec.name;
}

std::vector<std::string> describe_lost_rows(const Plan& plan, const Options& options) {
    std::vector<std::string> lines;
    const Losses losses(plan);
    for (const Loss& loss : losses.in_order()) {
        const RuleSpec& rule = plan.reports[loss.spec].spec;
        const std::string tables =
            loss.tables == 1
                ? "rows are lost of " + loss.names
                : "rows are lost of " + plural(loss.tables, "table", "tables") + ", " + loss.names;
        lines.push_back(full_name(rule) + ": " + tables + reason_text(plan, loss) + because(rule) +
                        remedy(plan, options, loss));
    }
    return lines;
}

std::vector<std::string> describe_lost_clauses(const Plan& plan) {
    std::vector<std::string> lines;
    for (const LostClause& clause : plan.consequences.clauses)
        lines.push_back(full_name(plan.reports[clause.spec].spec) + ": " + clause.text);
    if (plan.consequences.further_clauses > 0)
        lines.push_back("and " + plural(plan.consequences.further_clauses, "other clause", "other clauses") +
                        " lost; --dry-run shows the definitions");
    return lines;
}

std::vector<std::string> describe_cascades(const Plan& plan) {
    constexpr std::size_t most_names = 5;
    std::vector<Taken> taken(plan.reports.size());
    // Entries are in an order in which causes need not come first.
    for (const Consequence& consequence : plan.consequences.dropped) {
        if (consequence.route != Route::uses && consequence.route != Route::references) continue;
        if (plan.reports[consequence.spec].spec.of_target) continue;
        const TocEntry& entry = plan.prologue.toc[consequence.entry];
        constexpr std::size_t longest = 60;
        Taken::OfKind& some =
            taken[consequence.spec].kinds[harmless(std::string(entry.desc().substr(0, longest)))];
        if (++some.count <= most_names) some.names.push_back(short_name(entry));
    }
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if (!taken[i].kinds.empty())
            lines.push_back(full_name(plan.reports[i].spec) + ": cascade drops " + describe(taken[i]));
    }
    return lines;
}

}  // namespace pgfilter::cli
