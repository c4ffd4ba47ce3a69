// SPDX-License-Identifier: PostgreSQL
// Where and how tables are stored: tablespaces and table access methods.
#include <utility>

#include "archive/dialect.hpp"
#include "rules/builtin.hpp"
#include "sql/clauses.hpp"

namespace pgfilter {
namespace {

/// NULL, so that the target's default_tablespace decides: pg_restore makes SET default_tablespace = '' of "".
/// Where a tablespace stays, though, that is what ends its effect on the objects after it.
class NoTablespaces final : public EntryRule {
public:
    explicit NoTablespaces(std::vector<RuleArgument> exceptions) : exceptions_(std::move(exceptions)) {}

    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Text tablespace = entry.text(Field::tablespace);
        if (tablespace && stays(context, *tablespace))
            some_stay_ = true;
        else if (tablespace)
            context.set_text(entry, Field::tablespace, exceptions_.empty() ? Text() : Text(""));
        if (entry.kind() == EntryKind::database && entry.defn()) cut_clause(context, entry);
    }

    void end(RuleContext& context) override {
        if (exceptions_.empty() || some_stay_) return;
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            if (entry.text(Field::tablespace)) context.set_text(entry, Field::tablespace, std::nullopt);
        });
    }
    [[nodiscard]] bool waits_for_end() const override { return !exceptions_.empty(); }

private:
    bool stays(RuleContext& context, Bytes name) const {
        for (std::size_t i = 0; i < exceptions_.size(); ++i) {
            if (exceptions_[i].value != name) continue;
            context.matched_argument(i, 1);
            return true;
        }
        return false;
    }

    void cut_clause(RuleContext& context, TocEntry& entry) const {
        const auto found = sql::find_tablespace(*entry.defn(), dialect_);
        if (found && (!found->name || !stays(context, *found->name))) cut(context, entry, found->clause);
    }

    std::vector<RuleArgument> exceptions_;
    bool some_stay_ = false;
    sql::Dialect dialect_;
};

/// Tables and sequences that lose their rows in a crash, and that standbys and some platforms do not have.
class UnloggedToLogged final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::table | EntryKind::sequence; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const Bytes defn = entry.defn().value_or("");
        Splices splices;
        sql::find_unlogged(defn, dialect_, [&](sql::Clause word, bool needs_other) {
            splices.replace(word.begin, word.end, needs_other ? "LOGGED" : "");
        });
        context.edit_text(entry, Field::defn, splices);
    }

private:
    sql::Dialect dialect_;
};

/// NULL, never "": pg_restore would make SET default_table_access_method = "" of that, which fails.
class NoTableAccessMethod final : public EntryRule {
public:
    void visit(RuleContext& context, TocEntry& entry) override {
        if (entry.text(Field::tableam)) context.set_text(entry, Field::tableam, std::nullopt);
    }
};

}  // namespace

void add_storage_rules(RuleRegistry& registry) {
    registry.add(
        {"no-tablespaces", "objects go to the default tablespace", {{"except", "NAME", true}}},
        [](std::span<const RuleSpec> specs) { return std::make_unique<NoTablespaces>(specs[0].arguments); });
    add_plain_rule(registry, "unlogged-to-logged", "unlogged tables and sequences become ordinary ones",
                   [] { return std::make_unique<UnloggedToLogged>(); });
    add_plain_rule(registry, "no-table-access-method", "tables use the default access method",
                   [] { return std::make_unique<NoTableAccessMethod>(); });
}

}  // namespace pgfilter
