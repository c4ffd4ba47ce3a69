// SPDX-License-Identifier: PostgreSQL
#include "rules/selected_names.hpp"

#include <algorithm>

#include "pgfilter/error.hpp"

namespace pgfilter {

void SelectedNames::add(const RuleSpec& from, std::size_t spec) {
    if (from.arguments.empty()) throw Error(ErrorCode::usage, from.name + " needs a name");
    if (!spec_) spec_ = spec;
    rule_ = from.name;
    for (std::size_t i = 0; i < from.arguments.size(); ++i) {
        const std::string& name = from.arguments[i].value;
        by_name_[name].push_back(arguments_.size());
        arguments_.push_back({spec, i, name});
    }
}

bool SelectedNames::find(Bytes name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return false;
    for (const std::size_t i : found->second) ++arguments_[i].found;
    return true;
}

void SelectedNames::note(Bytes name) {
    const auto known = by_name_.find(name);
    if (known == by_name_.end()) return;
    for (const std::size_t i : known->second) arguments_[i].is_there = true;
}

void SelectedNames::report(RuleContext& context) const {
    for (const Argument& argument : arguments_)
        context.matched_argument(argument.number, argument.found, argument.spec);
}

void SelectedNames::check_all_found(const char* kind) const {
    for (const Argument& argument : arguments_) {
        if (argument.found == 0)
            throw Error(ErrorCode::usage, std::string(kind) + " \"" + argument.name + "\" not found");
    }
}

void SelectedNames::check_any_there(const char* kinds) const {
    const auto is_there = [](const Argument& argument) { return argument.is_there; };
    if (!given() || std::any_of(arguments_.begin(), arguments_.end(), is_there)) return;
    std::vector<std::string> names;
    for (const Argument& argument : arguments_) names.push_back(argument.name);
    refuse_empty_selection(kinds, rule_, ArgumentForm::name, names);
}

void refuse_empty_selection(const char* kinds, const std::string& rule, ArgumentForm form,
                            const std::vector<std::string>& values) {
    constexpr std::size_t most_named = 3;
    std::string message = std::string("no matching ").append(kinds).append(" were found for ");
    for (std::size_t i = 0; i < values.size() && i < most_named; ++i)
        message.append(i == 0 ? "\"" : ", \"").append(values[i]).append("\"");
    if (values.size() > most_named)
        message.append(" and ").append(std::to_string(values.size() - most_named)).append(" more");
    throw Error(ErrorCode::usage, message + likely_cause(rule, form, {"", values.front()}));
}

}  // namespace pgfilter
