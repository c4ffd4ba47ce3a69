// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <utility>

#include "archive/toc_access.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/rule.hpp"
#include "rules/closure.hpp"

namespace pgfilter {
namespace {

/// How many letters to insert, remove, replace or swap with the next to make one word of the other.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> steps(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                steps[i][j] = i + j;
                continue;
            }
            const std::size_t replaced = steps[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
        }
    }
    return steps[a.size()][b.size()];
}

/// Whether it was probably meant, and mistyped.
bool is_typing_error(const std::string& name, const std::string& known) {
    const auto letters = [](const std::string& text) {
        return static_cast<std::size_t>(
            std::count_if(text.begin(), text.end(), [](char c) { return c != '-'; }));
    };
    constexpr std::size_t short_name = 6;  // letters, of which two others make another word
    return distance(name, known) <= (std::min(letters(name), letters(known)) < short_name ? 1U : 2U);
}

/// What is between hyphens.
std::vector<std::string> words_of(const std::string& name) {
    std::vector<std::string> words;
    for (std::size_t start = 0; start < name.size();) {
        const std::size_t end = std::min(name.find('-', start), name.size());
        if (end > start) words.push_back(name.substr(start, end - start));
        start = end + 1;
    }
    return words;
}

/// Whether it says all that was said, and more: "no-owner" if "owner" was.
bool has_all_words(const std::vector<std::string>& words, const std::string& known) {
    const std::vector<std::string> of_known = words_of(known);
    return !words.empty() && std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(of_known.begin(), of_known.end(), word) != of_known.end();
    });
}

std::string did_you_mean(const std::string& nearest) {
    return nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?";
}

/// Puts the names of keys where there are none, and refuses what the rule does not take.
void complete_keys(RuleSpec& spec, const RuleInfo& info) {
    const auto names_of = [&] {
        std::vector<std::string> names;
        for (const RuleKey& key : info.keys) names.push_back(key.name);
        return names;
    };
    if (!spec.arguments.empty() && info.keys.empty())
        throw Error(ErrorCode::usage, spec.name + " takes no arguments");
    for (RuleArgument& argument : spec.arguments) {
        const std::string& first = info.keys.front().name;
        if (first.empty()) continue;
        if (argument.key.empty() && info.keys.front().is_required)
            throw Error(ErrorCode::usage, spec.name + " takes " + first + "=" + info.keys.front().value +
                                              ", not a value alone");
        if (argument.key.empty()) argument.key = first;
        const auto is_key = [&](const RuleKey& key) { return key.name == argument.key; };
        if (std::none_of(info.keys.begin(), info.keys.end(), is_key))
            throw Error(ErrorCode::usage, spec.name + " takes no \"" + argument.key + "\"" +
                                              did_you_mean(nearest_name(argument.key, names_of())));
    }
}

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& names) {
    constexpr std::size_t shortest = 3;
    constexpr std::size_t longest = 100;
    if (name.size() < shortest || name.size() > longest) return {};
    const std::vector<std::string> words = words_of(name);
    const std::string* nearest = nullptr;
    std::size_t least = 0;
    for (const std::string& known : names) {
        if (known.size() < shortest || !(is_typing_error(name, known) || has_all_words(words, known)))
            continue;
        const std::size_t steps = distance(name, known);
        if (nearest != nullptr && steps >= least) continue;
        nearest = &known;
        least = steps;
    }
    return nearest == nullptr ? std::string() : *nearest;
}

bool RuleReport::matched_nothing() const {
    if (!expected_to_match) return false;
    if (spec.arguments.empty()) return dropped + changed == 0;
    return std::all_of(per_argument.begin(), per_argument.end(), [](std::size_t n) { return n == 0; });
}

void RuleContext::for_each_entry(const std::function<void(TocEntry&, std::size_t)>& visit) {
    for_each_entry(EntryKinds::all(), visit);
}

void RuleContext::for_each_entry(EntryKinds kinds, const std::function<void(TocEntry&, std::size_t)>& visit) {
    Toc& toc = prologue_.toc;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (kinds.has(EntryKind::other)) TocAccess::prefetch(toc, i + TocAccess::ahead);
        TocEntry& entry = toc[i];
        if (kinds.has(entry.kind()) && !entry.dropped()) visit(entry, i);
    }
}

void RuleContext::drop(TocEntry& entry, std::size_t spec) {
    drop(entry, report(spec).reach, spec);
}

void RuleContext::drop(TocEntry& entry, Reach reach, std::size_t spec) {
    if (reach != Reach::none) closure_.choose(entry, specs_[spec], reach);
    if (entry.dropped()) return;
    prologue_.toc.drop(entry, editor(spec));
    ++report(spec).dropped;
}

void RuleContext::drop_data(TocEntry& entry, std::size_t spec) {
    prologue_.toc.drop_data(entry, editor(spec));
    ++report(spec).changed;
}

bool RuleContext::set_text(TocEntry& entry, Field field, Text value, std::size_t spec) {
    return count(prologue_.toc.set_text(entry, field, value, editor(spec)), field, spec);
}

bool RuleContext::edit_text(TocEntry& entry, Field field, const Splices& splices, std::size_t spec) {
    return count(prologue_.toc.edit_text(entry, field, splices, editor(spec)), field, spec);
}

bool RuleContext::count(bool changed, Field field, std::size_t spec) {
    if (!changed) return false;
    ++report(spec).changed;
    // Other texts change in their names of roles and the like, which say nothing of dependencies.
    if (field == Field::desc || field == Field::tag || field == Field::namespace_ || field == Field::tableam)
        closure_.forget_graph();
    return true;
}

void RuleContext::set_dependencies(TocEntry& entry, const std::vector<DumpId>& ids, std::size_t spec) {
    prologue_.toc.set_dependencies(entry, ids, editor(spec));
    closure_.forget_graph();
}

Rule::~Rule() = default;

void Rule::find_unhandled(const Toc& /*toc*/, const TocEntry& /*entry*/,
                          const std::function<void(const Unhandled&)>& /*found*/) const {}

void Rule::find_unhandled_quickly(const Toc& /*toc*/, const TocEntry& /*entry*/,
                                  const std::function<void(const Unhandled&)>& /*found*/) const {}

void Rule::find_redacted(const Toc& /*toc*/, const TocEntry& /*entry*/,
                         const std::function<void(const std::string&)>& /*found*/) const {}

void Rule::refuse(const Prologue& /*prologue*/) const {}
void EntryRule::apply(RuleContext& context) {
    begin(context);
    context.for_each_entry(kinds(), [&](TocEntry& entry, std::size_t) { visit(context, entry); });
    end(context);
}

void RuleRegistry::add(RuleInfo info, Factory factory) {
    const std::string name = info.name;
    if (!factory) throw ContractError("RuleRegistry::add: \"" + name + "\" has no factory");
    std::vector<std::string> names = info.aliases;
    names.push_back(name);
    for (const std::string& each : names) {
        if (find(each) != nullptr)
            throw ContractError("RuleRegistry::add: there is a rule \"" + each + "\" already");
    }
    for (const std::string& alias : info.aliases) aliases_[alias] = name;
    rules_[name] = {std::move(info), std::move(factory)};
}

const RuleInfo* RuleRegistry::find(const std::string& name) const {
    const auto alias = aliases_.find(name);
    const auto found = rules_.find(alias == aliases_.end() ? name : alias->second);
    return found == rules_.end() ? nullptr : &found->second.info;
}

std::vector<const RuleInfo*> RuleRegistry::all() const {
    std::vector<const RuleInfo*> infos;
    for (const auto& [name, known] : rules_) infos.push_back(&known.info);
    return infos;
}

std::string RuleRegistry::unknown(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& [known, rule] : rules_) names.push_back(known);
    return "there is no rule \"" + name + "\"" + did_you_mean(nearest_name(name, names));
}

const RuleRegistry::Known& RuleRegistry::known(const RuleSpec& spec) const {
    const auto found = rules_.find(spec.name);
    if (found == rules_.end()) throw Error(ErrorCode::usage, unknown(spec.name));
    return found->second;
}

std::unique_ptr<Rule> RuleRegistry::make(std::vector<RuleSpec> specs) const {
    for (RuleSpec& spec : specs) complete_keys(spec, known(spec).info);
    return known(specs.front()).factory(specs);
}

}  // namespace pgfilter
