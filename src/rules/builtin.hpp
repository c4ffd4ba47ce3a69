// The factories of the rules that pgfilter brings along, one file for each family.
#pragma once

#include <memory>
#include <vector>

#include "pgfilter/rule.hpp"

namespace pgfilter {

std::unique_ptr<Rule> make_no_owner(const std::vector<RuleArgument>& arguments);
std::unique_ptr<Rule> make_no_privileges(const std::vector<RuleArgument>& arguments);
std::unique_ptr<Rule> make_no_tablespaces(const std::vector<RuleArgument>& arguments);
std::unique_ptr<Rule> make_no_large_objects(const std::vector<RuleArgument>& arguments);
std::unique_ptr<Rule> make_no_create(const std::vector<RuleArgument>& arguments);
std::unique_ptr<Rule> make_map_role(const std::vector<RuleArgument>& arguments);

}  // namespace pgfilter
