#include "rules/builtin.hpp"

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

RuleRegistry::Factory without_arguments(const char* name, RuleRegistry::Factory make) {
    return [name, make = std::move(make)](const std::vector<RuleArgument>& arguments) {
        if (!arguments.empty()) throw Error(ErrorCode::usage, std::string(name) + " takes no arguments");
        return make(arguments);
    };
}

}  // namespace

void add_builtin_rules(RuleRegistry& registry) {
    registry.add("no-owner", without_arguments("no-owner", make_no_owner));
    registry.add("no-privileges", without_arguments("no-privileges", make_no_privileges));
    registry.add("no-tablespaces", without_arguments("no-tablespaces", make_no_tablespaces));
    registry.add("no-large-objects", without_arguments("no-large-objects", make_no_large_objects));
    registry.add("no-create", without_arguments("no-create", make_no_create));
    registry.add("map-role", make_map_role);
}

}  // namespace pgfilter
