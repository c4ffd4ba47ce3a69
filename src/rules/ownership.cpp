// Rules about who owns what.
#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/role_places.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {
namespace {

class NoOwner final : public EntryRule {
public:
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        clear_owner(context, entry);
        if (entry.kind() != EntryKind::schema || !entry.defn()) return;
        // pg_restore -O replaces the whole statement by one without the clause.
        if (const auto clause = sql::find_authorization(*entry.defn(), dialect_))
            cut(context, entry, clause->clause);
    }

private:
    sql::Dialect dialect_;
};

/// Does what ALTER … OWNER TO would have done before the dump.
class SetOwner final : public EntryRule {
public:
    explicit SetOwner(std::string owner) : owner_(std::move(owner)) { check_new_role_name(owner_); }

    // The "owner" of default privileges is the role that they are the privileges of.
    [[nodiscard]] EntryKinds kinds() const override { return EntryKinds::all() - EntryKind::default_acl; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Text old = entry.owner();
        if (!old || old->empty()) return;
        constexpr EntryKinds named_in_sql = EntryKind::acl | EntryKind::schema;
        if (named_in_sql.has(entry.kind())) replace(context, entry, *old);
        context.set_text(entry, Field::owner, Text(owner_));
        context.matched_argument(0, 1);
    }

private:
    // In an ACL, what concerns the owner's own privileges (aclnewowner() in acl.c); of a schema,
    // AUTHORIZATION.
    void replace(RuleContext& context, TocEntry& entry, Bytes old_owner) {
        const Text defn = entry.defn();
        if (!defn || !sql::may_name_role(*defn, old_owner)) return;
        const auto new_name = [&](const sql::RoleName& name) {
            return name.name == old_owner ? &owner_ : nullptr;
        };
        const auto renamed = [&](const std::function<void(Bytes)>& put) {
            sql::replace_role_names(*defn, dialect_, new_name, put);
        };
        context.set_text(entry, Field::defn, TextPieces(std::cref(renamed)));
    }

    std::string owner_;
    sql::Dialect dialect_;
};

}  // namespace

void add_ownership_rules(RuleRegistry& registry) {
    add_plain_rule(registry, "no-owner", "objects have no owner: pg_restore emits no ALTER ... OWNER",
                   [] { return std::make_unique<NoOwner>(); });
    registry.add({"set-owner", "one role owns everything that has an owner", {{"role", "ROLE"}}},
                 [](std::span<const RuleSpec> specs) {
                     if (specs[0].arguments.size() != 1)
                         throw Error(ErrorCode::usage, "set-owner needs one role, and only one");
                     return std::make_unique<SetOwner>(specs[0].arguments[0].value);
                 });
}

}  // namespace pgfilter
