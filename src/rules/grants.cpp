// SPDX-License-Identifier: PostgreSQL
// Rules about statements that grant privileges, for all roles alike.
#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "rules/builtin.hpp"
#include "rules/large_object_acl.hpp"
#include "sql/role_statements.hpp"

namespace pgfilter {
namespace {

using Remove = sql::Removal (*)(std::string_view sql, sql::Dialect dialect);

/// Takes statements out of privileges.
class RemoveFromPrivileges final : public EntryRule {
public:
    explicit RemoveFromPrivileges(Remove remove) : remove_(remove) {}

    [[nodiscard]] EntryKinds kinds() const override { return privileges; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const sql::Removal removal = remove_(entry.defn().value_or(""), dialect_);
        if (!removal.changed()) return;
        if (removal.left == 0) return context.drop(entry);
        context.edit_text(entry, Field::defn, removal.splices);
    }

private:
    Remove remove_;
    sql::Dialect dialect_;
};

/// Repairs what pg_dump is known to write wrongly.
class Repair final : public Rule {
public:
    void apply(RuleContext& context) override {
        context.matches_nothing_by_itself(0);  // a sound archive is no reason to say anything
        dialect_ = dialect_of(context.toc());
        context.for_each_entry(EntryKind::acl, [&](TocEntry& entry, std::size_t index) {
            if (is_broken_group_acl(entry, dialect_)) split_group_acl(context, index, dialect_);
        });
    }

    void find_unhandled(const Toc& /*toc*/, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        if (is_broken_group_acl(entry, dialect_))
            found({0, std::nullopt, 1,
                   "is one that pg_restore cannot read, and its large objects are not listed"});
    }

private:
    sql::Dialect dialect_;
};

}  // namespace

void add_grant_rules(RuleRegistry& registry) {
    const auto add = [&](const char* name, const char* summary, Turn turn, Remove remove) {
        registry.add(
            {.name = name, .summary = summary, .reach = Reach::none, .turn = turn},
            [=](std::span<const RuleSpec>) { return std::make_unique<RemoveFromPrivileges>(remove); });
    };
    add("no-grants", "drop every GRANT, keep every REVOKE", Turn::grants, sql::remove_grants);
    add("no-grantors", "the restoring role makes every grant itself, in place of the role that granted",
        Turn::grantors, sql::remove_grantors);
    add_plain_rule(registry, "repair",
                   "repair what pg_dump wrote wrongly: privileges of groups of large objects",
                   [] { return std::make_unique<Repair>(); });
}

}  // namespace pgfilter
