// Rules about who owns what.
#include <memory>
#include <optional>
#include <utility>

#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/role_places.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {
namespace {

class NoOwner final : public EntryRule {
public:
    /// `specs`: all that ask for it; what is done is due to the first.
    explicit NoOwner(std::vector<std::size_t> specs) : specs_(std::move(specs)) {}

    void begin(RuleContext& context) override {
        dialect_ = dialect_of(context.toc());
        for (std::size_t i = 1; i < specs_.size(); ++i) context.matches_nothing_by_itself(specs_[i]);
    }
    void visit(RuleContext& context, TocEntry& entry) override {
        clear_owner(context, entry);
        if (entry.kind() != EntryKind::schema || !entry.defn()) return;
        // pg_restore -O replaces the whole statement by one without the clause.
        if (const auto clause = sql::find_authorization(*entry.defn(), dialect_))
            cut(context, entry, clause->clause);
    }

private:
    std::vector<std::size_t> specs_;
    sql::Dialect dialect_;
};

/// Does what ALTER … OWNER TO would have done before the dump.
class SetOwner final : public EntryRule {
public:
    /// `idle`: specs of no-owner, which an explicit owner outranks wherever it stands.
    SetOwner(std::string owner, std::size_t spec, std::vector<std::size_t> idle)
        : owner_(std::move(owner)), spec_(spec), idle_(std::move(idle)) {
        check_new_role_name(owner_);
    }

    // The "owner" of default privileges is the role that they are the privileges of.
    [[nodiscard]] EntryKinds kinds() const override { return EntryKinds::all() - EntryKind::default_acl; }
    void begin(RuleContext& context) override {
        dialect_ = dialect_of(context.toc());
        for (const std::size_t spec : idle_) context.matches_nothing_by_itself(spec);
    }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Text old = entry.owner();
        if (!old || old->empty()) return;
        constexpr EntryKinds named_in_sql = EntryKind::acl | EntryKind::schema;
        if (named_in_sql.has(entry.kind())) replace(context, entry, *old);
        context.set_text(entry, Field::owner, Text(owner_), spec_);
        context.matched_argument(0, 1, spec_);
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
        context.set_text(entry, Field::defn, TextPieces(std::cref(renamed)), spec_);
    }

    std::string owner_;
    std::size_t spec_;
    std::vector<std::size_t> idle_;
    sql::Dialect dialect_;
};

std::unique_ptr<Rule> make_ownership_rule(std::span<const RuleSpec> specs) {
    std::optional<std::size_t> set_owner;
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].name == "no-owner") {
            others.push_back(i);
            continue;
        }
        if (specs[i].arguments.size() != 1)
            throw Error(ErrorCode::usage, "set-owner needs one role, and only one");
        if (set_owner && specs[*set_owner].arguments[0].value != specs[i].arguments[0].value)
            throw Error(ErrorCode::usage, "set-owner is given two roles, \"" +
                                              specs[*set_owner].arguments[0].value + "\" and \"" +
                                              specs[i].arguments[0].value + "\"");
        if (set_owner) others.push_back(i);
        if (!set_owner) set_owner = i;
    }
    if (!set_owner) return std::make_unique<NoOwner>(std::move(others));
    return std::make_unique<SetOwner>(specs[*set_owner].arguments[0].value, *set_owner, std::move(others));
}

}  // namespace

void add_ownership_rules(RuleRegistry& registry) {
    const std::string family = "ownership";
    registry.add({"no-owner",
                  "objects have no owner: pg_restore emits no ALTER ... OWNER",
                  {},
                  family,
                  {},
                  Reach::none},
                 make_ownership_rule);
    registry.add({"set-owner",
                  "one role owns everything that has an owner",
                  {{"role", "ROLE"}},
                  family,
                  {},
                  Reach::none},
                 make_ownership_rule);
}

}  // namespace pgfilter
