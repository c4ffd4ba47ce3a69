// SPDX-License-Identifier: PostgreSQL
// The texts that people write: refused with an Error, or understood, and rules written anew mean the same.
//
// The first byte says which text it is: rules, one rule, mappings, one mapping, a filter file, a target
// file or a list.
#include <algorithm>

#include "builtin_rules.hpp"
#include "fuzz_target.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/targets.hpp"
#include "rules/list_order.hpp"

namespace {

using namespace pgfilter;

/// That what is written of the rules is read as the same.
void check_written(const std::vector<RuleSpec>& rules) {
    std::string text;
    for (const RuleSpec& rule : rules) text += write_rule(rule, builtin_rules());
    const auto same_argument = [](const RuleArgument& a, const RuleArgument& b) {
        return a.key == b.key && a.value == b.value;
    };
    const std::vector<RuleSpec> again = parse_rules(text, "again", builtin_rules());
    require(again.size() == rules.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const std::vector<RuleArgument>& arguments = rules[i].arguments;
        require(again[i].name == rules[i].name && again[i].because == rules[i].because);
        require(std::equal(arguments.begin(), arguments.end(), again[i].arguments.begin(),
                           again[i].arguments.end(), same_argument));
    }
}

/// Whether they make sense does not matter, only that it is found out.
void check_sense(const std::vector<RuleSpec>& rules) try {
    check_rules(rules, builtin_rules());
} catch (const Error&) {
}

void read_list(Bytes text) {
    while (!text.empty()) {
        const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
        require(parse_list_line(std::string(text.substr(0, size))) >= 0);
        text.remove_prefix(size);
    }
}

void read(char kind, Bytes text) {
    std::vector<RuleSpec> rules;
    if (kind == 'R') rules = parse_rules(text, "rules", builtin_rules());
    if (kind == 'r') rules = {parse_rule(text, "rule", builtin_rules())};
    if (kind == 'M') rules = {{"map-role", parse_mappings(text)}};
    if (kind == 'm') rules = {{"map-role", {parse_mapping(text)}}};
    if (kind == 'f') rules = parse_filter_file(text, "filter");
    if (kind == 'T') rules = parse_target(text, "target", builtin_rules());
    if (kind == 'L') read_list(text);
    check_sense(rules);
    // A filter file takes a zero byte for the end of a line, so none of them has one in a name.
    if (text.find('\0') == Bytes::npos) check_written(rules);
}

}  // namespace

bool fuzz_one(Bytes input) {
    if (input.empty()) return false;
    try {
        read(input.front(), input.substr(1));
    } catch (const Error&) {
        return false;
    }
    return true;
}
