// Rules about who owns what.
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/dialect.hpp"
#include "rules/role_places.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {
namespace {

class NoOwner final : public Rule {
public:
    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            clear_owner(context, entry);
            if (entry.desc() != "SCHEMA" || !entry.defn()) return;
            // pg_restore -O replaces the whole statement by one without the clause.
            if (const auto clause = sql::find_authorization(*entry.defn(), dialect))
                cut(context, entry, *clause);
        });
    }
};

/// Does what ALTER … OWNER TO would have done before the dump.
class SetOwner final : public Rule {
public:
    explicit SetOwner(std::string owner) : owner_(std::move(owner)) { check_new_role_name(owner_); }

    void apply(RuleContext& context) override {
        dialect_ = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const Text old = entry.owner();
            // The "owner" of default privileges is the role that they are the privileges of.
            if (!old || old->empty() || entry.desc() == "DEFAULT ACL") return;
            const std::string old_owner(*old);
            context.set_text(entry, Field::owner, Text(owner_));
            context.matched_argument(0, 1);
            if (entry.desc() == "ACL" || entry.desc() == "SCHEMA") replace(context, entry, old_owner);
        });
    }

private:
    // In an ACL, what concerns the owner's own privileges (aclnewowner() in acl.c); of a schema,
    // AUTHORIZATION.
    void replace(RuleContext& context, TocEntry& entry, const std::string& old_owner) {
        const Bytes defn = entry.defn().value_or("");
        const auto new_name = [&](const sql::RoleName& name) {
            return name.name == old_owner ? &owner_ : nullptr;
        };
        if (!entry.defn()) return;
        context.set_text(entry, Field::defn, [&](const std::function<void(Bytes)>& put) {
            sql::replace_role_names(defn, dialect_, new_name, put);
        });
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
