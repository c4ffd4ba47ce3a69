// Rules about statements that grant privileges, whoever the roles are.
#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "rules/builtin.hpp"
#include "rules/large_object_acl.hpp"
#include "sql/role_statements.hpp"

namespace pgfilter {
namespace {

using CheckRemoval = sql::Removal (*)(std::string_view sql, sql::Dialect dialect);
using Remove = void (*)(std::string_view sql, sql::Dialect dialect,
                        const std::function<void(std::string_view)>& put);

/// Takes statements out of privileges.
class RemoveFromPrivileges final : public EntryRule {
public:
    RemoveFromPrivileges(CheckRemoval removal_of, Remove remove) : removal_of_(removal_of), remove_(remove) {}

    [[nodiscard]] EntryKinds kinds() const override { return privileges; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Bytes defn = entry.defn().value_or("");
        const sql::Removal removal = removal_of_(defn, dialect_);
        if (!removal.changed) return;
        if (removal.left == 0) return context.drop(entry);
        context.set_text(entry, Field::defn,
                         [&](const std::function<void(Bytes)>& put) { remove_(defn, dialect_, put); });
    }

private:
    CheckRemoval removal_of_;
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
    const auto add = [&](const char* name, const char* summary, Turn turn, CheckRemoval check,
                         Remove remove) {
        registry.add(
            {.name = name, .summary = summary, .reach = Reach::none, .turn = turn},
            [=](std::span<const RuleSpec>) { return std::make_unique<RemoveFromPrivileges>(check, remove); });
    };
    add("no-grants", "drop every GRANT, keep every REVOKE", Turn::grants, sql::check_grant_removal,
        sql::remove_grants);
    add("no-grantors", "what others than the owner granted, who restores it grants", Turn::grantors,
        sql::check_grantor_removal, sql::remove_grantors);
    add_plain_rule(registry, "repair",
                   "repair what pg_dump wrote wrongly: privileges of groups of large objects",
                   [] { return std::make_unique<Repair>(); });
}

}  // namespace pgfilter
