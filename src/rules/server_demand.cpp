// SPDX-License-Identifier: PostgreSQL
#include "rules/server_demand.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "archive/kind_facts.hpp"
#include "sql/column_expressions.hpp"
#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter {
namespace {

using K = EntryKind;

/// Tokens that follow each other in what pg_dump writes of newer servers.  "?" stands for any word.  Not of
/// the database itself, which is restored with --create alone.
struct Phrase {
    unsigned version;
    EntryKinds kinds;
    std::string_view mark;  ///< as pg_dump writes it, so that most texts need not be taken apart
    std::array<std::string_view, 5> tokens;
    std::string_view what;
};

constexpr EntryKinds with_constraints = K::table | K::foreign_table | constraints;

// From the branches on server versions in PostgreSQL's pg_dump.c and dumputils.c, version 19.
constexpr auto phrases = std::to_array<Phrase>({
    {100, K::policy, "AS RESTRICTIVE", {"as", "restrictive"}, "is restrictive"},
    {100, K::sequence, "AS IDENTITY", {"as", "identity"}, "belongs to an identity column"},
    {100, K::sequence, " AS ", {"as", "integer"}, "has a type (AS)"},
    {100, K::sequence, " AS ", {"as", "smallint"}, "has a type (AS)"},
    {100, K::table, "PARTITION BY", {"partition", "by"}, "is partitioned"},
    {110,
     K::trigger | K::event_trigger,
     "EXECUTE FUNCTION",
     {"execute", "function"},
     "says EXECUTE FUNCTION"},
    {110, K::operator_, "FUNCTION", {"function", "="}, "says FUNCTION ="},
    {110, K::index | K::constraint, "INCLUDE", {"include", "("}, "includes columns"},
    {110, K::table_attach, "WITH (", {"values", "with", "("}, "is a partition by hash"},
    {120, K::collation, "deterministic", {"deterministic", "="}, "is not deterministic"},
    {130, K::statistics, "SET STATISTICS", {"set", "statistics"}, "sets its target"},
    {130,
     K::publication,
     "via_partition_root",
     {"publish_via_partition_root", "="},
     "publishes via the partition root"},
    {140, routines, "BEGIN ATOMIC", {"begin", "atomic"}, "has an SQL body (BEGIN ATOMIC)"},
    {140, K::table | K::materialized_view, "SET COMPRESSION", {"set", "compression"}, "sets a compression"},
    {140, K::type, "multirange", {"multirange_type_name", "="}, "names its multirange"},
    {140, K::type, "SUBSCRIPT", {"subscript", "="}, "has a function for subscripts"},
    {140, K::subscription, "binary", {"binary", "="}, "has the option binary"},
    {140, K::subscription, "streaming", {"streaming", "="}, "has the option streaming"},
    {150, K::view, "security_invoker", {"security_invoker", "="}, "has the option security_invoker"},
    {150, K::index | K::constraint, "NULLS NOT", {"nulls", "not", "distinct"}, "has NULLS NOT DISTINCT"},
    {150, K::sequence, "UNLOGGED", {"create", "unlogged"}, "is unlogged"},
    {150, K::publication_table, "WHERE", {"where", "("}, "filters rows"},
    {150, K::fk_constraint, "SET NULL", {"set", "null", "("}, "sets some columns NULL"},
    {150, K::fk_constraint, "SET DEFAULT", {"set", "default", "("}, "sets some columns to their default"},
    {150, K::subscription, "two_phase", {"two_phase", "="}, "has the option two_phase"},
    {150, K::subscription, "disable_on_error", {"disable_on_error", "="}, "has the option disable_on_error"},
    {160, K::collation, "rules", {"rules", "="}, "has rules"},
    {160, K::subscription, "parallel", {"streaming", "=", "parallel"}, "streams in parallel"},
    {160, K::subscription, "origin", {"origin", "="}, "has the option origin"},
    {160, K::subscription, "run_as_owner", {"run_as_owner", "="}, "has the option run_as_owner"},
    {160,
     K::subscription,
     "password_required",
     {"password_required", "="},
     "has the option password_required"},
    {170, privileges, "MAINTAIN", {"maintain", "on"}, "grants MAINTAIN"},
    {170, privileges, "MAINTAIN", {"maintain", ","}, "grants MAINTAIN"},
    {170, K::event_trigger, "login", {"on", "login"}, "fires at a login"},
    {170, K::subscription, "failover", {"failover", "="}, "has the option failover"},
    {180, K::default_acl, "LARGE OBJECTS", {"on", "large", "objects"}, "is about large objects"},
    {180,
     K::publication,
     "generated_columns",
     {"publish_generated_columns", "="},
     "publishes generated columns"},
    {180,
     with_constraints,
     "NOT NULL",
     {"constraint", "?", "not", "null", "?"},
     "has a NOT NULL constraint with a name or options"},
    {180,
     with_constraints | K::fk_constraint,
     "NOT ENFORCED",
     {"not", "enforced"},
     "has a constraint that is not enforced"},
    {180, K::constraint, "WITHOUT OVERLAPS", {"without", "overlaps"}, "has WITHOUT OVERLAPS"},
    {190, K::publication, "ALL SEQUENCES", {"all", "sequences"}, "publishes sequences"},
    {190, K::subscription, "SERVER", {"subscription", "?", "server"}, "names a server"},
    {190,
     K::subscription,
     "retain_dead_tuples",
     {"retain_dead_tuples", "="},
     "has the option retain_dead_tuples"},
    {190,
     K::subscription,
     "wal_receiver_timeout",
     {"wal_receiver_timeout", "="},
     "has the option wal_receiver_timeout"},
});

bool stands_at(sql::StatementCursor& cursor, const Phrase& phrase) {
    for (std::size_t i = 0; i < phrase.tokens.size() && !phrase.tokens.at(i).empty(); ++i) {
        const std::string_view wanted = phrase.tokens.at(i);
        const sql::Token* const token = cursor.peek(i);
        if (token == nullptr) return false;
        const bool is_it =
            wanted == "?" ? sql::is_identifier(*token) : token->text == wanted || token->is_word(wanted);
        if (!is_it) return false;
    }
    return true;
}

bool stands_in(Bytes defn, const sql::Dialect& dialect, const Phrase& phrase) {
    if (defn.find(phrase.mark) == Bytes::npos) return false;
    sql::StatementCursor cursor(defn, dialect);
    while (cursor.next_statement()) {
        for (; cursor.peek() != nullptr; cursor.advance()) {
            if (stands_at(cursor, phrase)) return true;
        }
    }
    return false;
}

/// Of phrases about entries of that kind, the newest that stands in the definition.
ServerDemand demand_of_phrases(const TocEntry& entry, const sql::Dialect& dialect) {
    const Bytes defn = entry.defn().value_or("");
    ServerDemand demand;
    for (const Phrase& phrase : phrases) {
        const bool counts = phrase.kinds.has(entry.kind()) && phrase.version > demand.version;
        if (counts && stands_in(defn, dialect, phrase)) demand = {phrase.version, phrase.what};
    }
    return demand;
}

/// What is generated without being STORED is VIRTUAL, which PostgreSQL 18 brought; it is the default there.
ServerDemand demand_of_columns(const TocEntry& entry, const sql::Dialect& dialect) {
    constexpr unsigned with_stored = 120;
    constexpr unsigned with_virtual = 180;
    const Bytes defn = entry.defn().value_or("");
    if (!heritable.has(entry.kind()) || defn.find("GENERATED ALWAYS AS (") == Bytes::npos) return {};
    ServerDemand demand;
    for (const sql::ColumnClause& clause : sql::find_column_clauses(defn, dialect).clauses) {
        if (clause.kind != sql::ColumnClause::Kind::generated) continue;
        const Bytes text = defn.substr(clause.clause.begin, clause.clause.end - clause.clause.begin);
        if (!text.ends_with("STORED")) return {with_virtual, "has a virtual generated column"};
        demand = {with_stored, "has a generated column"};
    }
    return demand;
}

}  // namespace

ServerDemand server_demand_of(const TocEntry& entry, const sql::Dialect& dialect) {
    const ServerDemand by_kind{facts_of(entry.kind()).server};
    const auto is_less = [](const ServerDemand& a, const ServerDemand& b) { return a.version < b.version; };
    return std::max({by_kind, demand_of_columns(entry, dialect), demand_of_phrases(entry, dialect)}, is_less);
}

std::string postgres_version(unsigned version) {
    const std::string major = std::to_string(version / 10);
    return version < 100 || version % 10 > 0 ? major + "." + std::to_string(version % 10) : major;
}

}  // namespace pgfilter
