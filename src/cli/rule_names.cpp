// SPDX-License-Identifier: PostgreSQL
#include "cli/rule_names.hpp"

#include "bytes/harmless.hpp"

namespace pgfilter::cli {

std::string full_name(const RuleSpec& spec) {
    if (spec.origin.empty()) return spec.name;
    return (spec.of_target ? spec.origin.substr(0, spec.origin.rfind(", line ")) : spec.origin) + ": " +
           spec.name;
}

std::string name_and_reason(const RuleSpec& spec) {
    return spec.name + reason_after(": ", spec);
}

std::string reason_after(const char* separator, const RuleSpec& spec) {
    return spec.because.empty() ? "" : separator + harmless(spec.because);
}

}  // namespace pgfilter::cli
