#include "rules/builtin.hpp"

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {

void add_builtin_rules(RuleRegistry& registry) {
    add_kind_rules(registry);
    add_ownership_rules(registry);
    add_storage_rules(registry);
    add_role_rules(registry);
}

void add_plain_rule(RuleRegistry& registry, const char* name, std::function<std::unique_ptr<Rule>()> make) {
    registry.add(name, [name, make = std::move(make)](const std::vector<RuleArgument>& arguments) {
        if (!arguments.empty()) throw Error(ErrorCode::usage, std::string(name) + " takes no arguments");
        return make();
    });
}

}  // namespace pgfilter
