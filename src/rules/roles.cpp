// SPDX-License-Identifier: PostgreSQL
// The family "roles": who owns what, which roles go, and what others are called.
//
// Rules mean the same in whatever order they are given, for names and patterns are those of the archive.  A
// new owner takes the old one's place first, then roles go, then the others get their names.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/ownership.hpp"
#include "rules/role_places.hpp"
#include "rules/role_removal.hpp"
#include "rules/role_renaming.hpp"
#include "rules/rule_access.hpp"

namespace pgfilter {
namespace {

class RoleRules final : public EntryRule {
public:
    explicit RoleRules(std::span<const RuleSpec> specs)
        : ownership_(specs), renaming_(specs, ownership_.new_owner(), ownership_.no_owner()) {
        for (const RuleSpec& spec : specs) {
            names_.push_back(spec.name);
            renames_ = renames_ || spec.name == "map-role" || spec.name == "set-owner";
        }
        RolePatterns patterns(specs, [this](Bytes role) { return renaming_.is_mapped(role); });
        for (const auto& [role, new_role] : renaming_.mappings()) {
            if (patterns.judge(role).goes) renaming_.forget(role);
        }
        if (!patterns.empty())
            removal_.emplace(std::move(patterns), ownership_.new_owner() || ownership_.no_owner());
    }

    void begin(RuleContext& context) override {
        ownership_.begin(context);
        renaming_.begin(context);
        if (removal_) removal_->begin(context);
    }

    void visit(RuleContext& context, TocEntry& entry) override {
        std::optional<std::string> owner;
        if (renames_) owner = entry.owner();
        if (removal_) {
            const bool has_heir = ownership_.new_owner() && names_owner.has(entry.kind());
            removal_->visit(context, entry, has_heir ? owner : std::nullopt);
            if (entry.dropped()) return;
        }
        if (renames_) renaming_.visit(context, entry, owner);
        if (!entry.dropped()) ownership_.visit(context, entry);
    }

    void end(RuleContext& context) override {
        if (!removal_) return;
        removal_->end(context);
        outdo_mappings(context);
    }

    void find_unhandled(const Toc& toc, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        if (removal_) removal_->find_unhandled(entry, found);
        if (!renaming_.mappings().empty()) renaming_.find_unhandled(entry, found);
        find_unhandled_quickly(toc, entry, found);
    }

    void find_unhandled_quickly(const Toc& /*toc*/, const TocEntry& entry,
                                const std::function<void(const Unhandled&)>& found) const override {
        renaming_.find_merged(entry, found);
    }

private:
    // A user who maps a role has to know that it is dropped.
    void outdo_mappings(RuleContext& context) const {
        for (const auto& [role, new_role] : renaming_.mappings()) {
            const auto spec = removal_->remover_of(role);
            if (!spec) continue;
            std::string by = names_[*spec];
            RuleAccess::outdo_argument(context, new_role.argument, by.append(" removes that role"),
                                       new_role.spec);
        }
    }

    OwnerRules ownership_;
    RoleRenaming renaming_;
    std::optional<RoleRemoval> removal_;
    std::vector<std::string> names_;  // of the specs
    bool renames_ = false;
};

}  // namespace

void add_role_rules(RuleRegistry& registry) {
    using Takes = RuleKey::Takes;
    const auto add = [&](const char* name, const char* summary, std::vector<RuleKey> keys, Reach reach) {
        registry.add({.name = name,
                      .summary = summary,
                      .keys = std::move(keys),
                      .family = "roles",
                      .reach = reach,
                      .turn = Turn::roles},
                     [](std::span<const RuleSpec> specs) { return std::make_unique<RoleRules>(specs); });
    };
    add("map-role", "rename roles wherever the archive names them as roles, all at once",
        {{"", "NEW", false, Takes::new_name}}, Reach::selection);
    add("drop-role",
        "drop roles: what is granted to, by and from them, their policies, settings and ownership",
        {{"pattern", "PATTERN", false, Takes::pattern}, {"except", "PATTERN", false, Takes::pattern}},
        Reach::selection);
    add("keep-roles", "drop all roles but those that match, and those that get another name",
        {{"pattern", "PATTERN", false, Takes::pattern}}, Reach::selection);
    add("no-owner", "objects have no owner: pg_restore emits no ALTER ... OWNER", {}, Reach::none);
    add("set-owner", "one role owns everything that has an owner", {{"role", "ROLE", false, Takes::new_name}},
        Reach::none);
}

}  // namespace pgfilter
