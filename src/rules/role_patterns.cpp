// SPDX-License-Identifier: PostgreSQL
#include "rules/role_patterns.hpp"

#include <algorithm>
#include <utility>

#include "pgfilter/error.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t longest_known = 1000;  // longer than any server's roles

/// Here, and where texts are searched for those that go: as it is spelled there, with quotes doubled or not.
std::size_t room_for(Bytes role, bool goes) {
    const bool is_word = std::all_of(role.begin(), role.end(), sql::is_identifier_byte);
    const std::size_t spellings = !goes || is_word ? 0 : role.find_first_of("\"'") == Bytes::npos ? 1 : 3;
    return (1 + spellings) * size_in_map(role) + (goes ? sizeof(Bytes) + sizeof(std::uint32_t) : 0);
}

}  // namespace

RolePatterns::RolePatterns(std::span<const RuleSpec> specs, std::function<bool(Bytes role)> is_mapped)
    : is_mapped_(std::move(is_mapped)) {
    for (std::size_t spec = 0; spec < specs.size(); ++spec) {
        if (specs[spec].name == "drop-role" || specs[spec].name == "keep-roles")
            add(specs[spec], static_cast<EditorId>(spec));
    }
}

void RolePatterns::add(const RuleSpec& spec, EditorId number) {
    const bool keeps = spec.name == "keep-roles";
    if (keeps && keeping_.empty()) keep_spec_ = number;
    const std::size_t before = keeping_.size() + dropping_.size();
    for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
        const RuleArgument& argument = spec.arguments[i];
        const bool excepts = argument.key == "except";
        std::vector<Pattern>& list = excepts ? excepting_ : keeps ? keeping_ : dropping_;
        NamePattern pattern(argument.value, NamePattern::Parts::name);
        const RoleVerdict verdict{!keeps && !excepts, number, static_cast<std::uint32_t>(i)};
        list.push_back({std::move(pattern), verdict});
    }
    if (keeping_.size() + dropping_.size() == before)
        throw Error(ErrorCode::usage, spec.name + " needs at least one pattern");
}

RoleVerdict RolePatterns::about(Bytes role) {
    // Entries that follow each other often have the same owner.
    if (latest_ != nullptr && latest_->first == role) return latest_->second;
    const auto known = verdicts_.find(role);
    if (known != verdicts_.end()) {
        latest_ = &*known;
        return known->second;
    }
    RoleVerdict verdict = judge(role);
    verdict.number = static_cast<sql::RoleNumber>(verdicts_.size() + 1);
    if (role.size() > longest_known) return verdict;
    budget_->spend(room_for(role, verdict.goes));
    verdicts_.emplace(role, verdict);
    return verdict;
}

RoleVerdict RolePatterns::judge(Bytes role) const {
    const auto matches = [&](const Pattern& pattern) { return pattern.pattern.matches(role); };
    const auto excepted = [&](std::size_t spec) {
        return std::find_if(excepting_.begin(), excepting_.end(), [&](const Pattern& pattern) {
            return pattern.verdict.spec == spec && matches(pattern);
        });
    };
    RoleVerdict stays;
    for (const Pattern& drop : dropping_) {
        if (!matches(drop)) continue;
        const auto exception = excepted(drop.verdict.spec);
        if (exception == excepting_.end()) return drop.verdict;
        stays = exception->verdict;
    }
    if (keeping_.empty()) return stays;
    const auto keep = std::find_if(keeping_.begin(), keeping_.end(), matches);
    if (keep != keeping_.end()) return keep->verdict;
    return is_mapped_(role) ? stays : RoleVerdict{true, keep_spec_};
}

}  // namespace pgfilter
