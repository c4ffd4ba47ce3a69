#include "rules/selected_names.hpp"

#include "pgfilter/error.hpp"

namespace pgfilter {

void SelectedNames::add(const RuleSpec& from, std::size_t spec) {
    if (from.arguments.empty()) throw Error(ErrorCode::usage, from.name + " needs a name");
    if (!spec_) spec_ = spec;
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

}  // namespace pgfilter
