// SPDX-License-Identifier: PostgreSQL
#include "rules/cut_decision.hpp"

#include <algorithm>

#include "archive/dialect.hpp"
#include "rules/extension_members.hpp"
#include "rules/name_index.hpp"
#include "sql/names.hpp"

namespace pgfilter {
namespace {

using ClauseKind = sql::ColumnClause::Kind;
using UseKind = sql::NameUse::Kind;

constexpr std::size_t most_makers = 32;

constexpr EntryKinds called = EntryKind::function | EntryKind::aggregate | EntryKind::operator_;
/// What a table can depend on in expressions only, or through the way that it is partitioned.
constexpr EntryKinds calculating = called | EntryKind::sequence | EntryKind::collation |
                                   EntryKind::text_search_configuration | EntryKind::text_search_dictionary |
                                   EntryKind::text_search_parser | EntryKind::text_search_template;
constexpr EntryKinds namable = calculating | relations | EntryKind::type | EntryKind::domain;

Bytes bare_name(const TocEntry& entry) {
    const Bytes tag = entry.tag();
    return (EntryKind::function | EntryKind::aggregate).has(entry.kind()) ? tag.substr(0, tag.find('('))
                                                                          : tag;
}

bool is_one_of(std::span<const std::string> names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

struct CutDecider::Question {
    Index entry;
    std::span<const Index> causes;
    Bytes defn;
    Bytes schema;
    CutDecision& decision;
    std::vector<Use> uses = {};
    std::set<std::string> own = {};  // names of what the entry depends on, and of itself
    std::vector<Maker> makers = {};

    [[nodiscard]] const sql::ColumnClause& clause(const Use& use) const {
        return decision.all.clauses[use.clause];
    }
};

CutDecider::CutDecider(const Toc& toc, const DependencyGraph& graph)
    : toc_(toc), graph_(graph), dialect_(dialect_of(toc)) {
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (graph.kind(i) == EntryKind::search_path) qualifies_ = true;
        if (graph.kind(i) == EntryKind::schema) schemas_.emplace(toc[i].tag());
    }
}

CutDecision CutDecider::decide(Index entry, std::span<const Index> causes,
                               std::span<const std::string> emptied, std::span<const std::string> unbound) {
    CutDecision decision;
    const Bytes defn = toc_[entry].defn().value_or("");
    if (defn.size() > largest_definition) return decision;
    decision.all = sql::find_column_clauses(defn, dialect_);
    decision.chosen.resize(decision.all.clauses.size());
    decision.emptied.assign(emptied.begin(), emptied.end());
    if (decision.all.clauses.empty()) return decision;
    Question question{entry, causes, defn, schema_of(toc_[entry]), decision};
    collect_uses(question);
    decision.is_possible = choose_named(question) && choose_of_extensions(question);
    choose_unbound(decision, unbound);
    if (decision.is_possible) choose_with_columns(question);
    return decision;
}

std::string CutDecider::key_of(Bytes schema, Bytes name) {
    return std::string(schema) + '\0' + std::string(name);
}

// Up to archive version 1.12, and in archives of later ones without a SEARCHPATH, search_path is the entry's
// namespace.
std::string CutDecider::schema_named(const Question& question, const sql::NameUse& name) const {
    return !name.schema.empty() || qualifies_ ? name.schema : std::string(question.schema);
}

void CutDecider::collect_uses(Question& question) const {
    const std::vector<sql::ColumnClause>& clauses = question.decision.all.clauses;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        const sql::Clause& extent = clauses[i].names;
        bool is_first = true;
        sql::find_name_uses(question.defn.substr(extent.begin, extent.end - extent.begin), dialect_,
                            [&](const sql::NameUse& name) {
                                // "time zone" is no name
                                if (is_first || clauses[i].kind != ClauseKind::type)
                                    question.uses.push_back({i, name});
                                is_first = false;
                            });
    }
    const auto add = [&](const TocEntry& entry) {
        question.own.insert(key_of(schema_of(entry), bare_name(entry)));
    };
    add(toc_[question.entry]);
    for (const DumpId id : toc_[question.entry].dependencies()) {
        const auto index = toc_.find(id);
        if (index && namable.has(graph_.kind(*index))) add(toc_[*index]);
    }
}

/// By the names of dropped entries.  False if they are not only in what can be cut out.
bool CutDecider::choose_named(Question& question) const {
    std::unordered_multimap<std::string, Index> named;
    std::set<Index> unexplained;
    for (const Index cause : question.causes) {
        if (graph_.kind(cause) == EntryKind::extension) continue;
        if (!namable.has(graph_.kind(cause))) return false;
        named.emplace(key_of(schema_of(toc_[cause]), bare_name(toc_[cause])), cause);
        unexplained.insert(cause);
    }
    if (named.empty()) return true;
    for (const Use& use : question.uses) {
        const ClauseKind kind = question.clause(use).kind;
        const auto [first, last] = named.equal_range(key_of(schema_named(question, use.name), use.name.name));
        for (auto at = first; at != last; ++at) {
            const EntryKind cause = graph_.kind(at->second);
            if (question.clause(use).is_expression() ||
                (kind == ClauseKind::collation && cause == EntryKind::collation)) {
                question.decision.chosen[use.clause] = true;
                unexplained.erase(at->second);
            } else if (kind == ClauseKind::partitions || !calculating.has(cause)) {
                return false;
            }
        }
    }
    std::erase_if(unexplained, [&](Index cause) { return is_inherited(question, cause); });
    if (unexplained.empty()) return true;
    const bool are_routines = std::all_of(unexplained.begin(), unexplained.end(),
                                          [&](Index cause) { return routines.has(graph_.kind(cause)); });
    return are_routines && choose_all_expressions(question);
}

/// Whether the entry uses the cause in columns and checks of its parents, which its own definition does not
/// repeat.  They go there, or the parent does.
bool CutDecider::is_inherited(const Question& question, Index cause) const {
    const std::vector<sql::ColumnClause>& clauses = question.decision.all.clauses;
    if (std::none_of(clauses.begin(), clauses.end(),
                     [](const sql::ColumnClause& clause) { return clause.kind == ClauseKind::relation; }))
        return false;
    bool found = false;
    graph_.inheritance().for_each_parent(question.entry, [&](std::size_t parent) {
        if (found || graph_.inheritance().is_attached(question.entry, static_cast<Index>(parent))) return;
        const std::vector<DumpId> ids = toc_[parent].dependencies();
        found = std::find(ids.begin(), ids.end(), toc_[cause].dump_id()) != ids.end();
    });
    return found;
}

/// A function that makes a cast is not named, but it must be in one of them.  False if it can be elsewhere.
bool CutDecider::choose_all_expressions(Question& question) {
    bool is_any = false;
    const std::vector<sql::ColumnClause>& clauses = question.decision.all.clauses;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        if (clauses[i].kind == ClauseKind::partitions) {
            const sql::Clause& extent = clauses[i].clause;
            const Bytes text = question.defn.substr(extent.begin, extent.end - extent.begin);
            if (std::count(text.begin(), text.end(), '(') > 1) return false;
        }
        if (!clauses[i].is_expression()) continue;
        question.decision.chosen[i] = true;
        is_any = true;
    }
    return is_any;
}

const std::string& CutDecider::schema_of_extension(Index extension) {
    const auto [known, fresh] = extension_schemas_.try_emplace(extension);
    if (fresh) known->second = graph_.schema_of_extension(extension);
    return known->second;
}

/// The extensions that the entry depends on.  False if there are too many.
bool CutDecider::collect_makers(Question& question) const {
    for (const DumpId id : toc_[question.entry].dependencies()) {
        const auto index = toc_.find(id);
        if (!index || graph_.kind(*index) != EntryKind::extension) continue;
        if (question.makers.size() == most_makers) return false;
        const auto extension = static_cast<Index>(*index);
        const bool is_cause =
            std::find(question.causes.begin(), question.causes.end(), extension) != question.causes.end();
        question.makers.push_back({extension, is_cause});
    }
    return true;
}

/// The only name that a kept extension can have made, it has made.
void CutDecider::settle_kept_makers(Question& question) {
    for (std::size_t i = 0; i < question.makers.size(); ++i) {
        if (question.makers[i].is_dropped) continue;
        const std::uint32_t bit = std::uint32_t{1} << i;
        std::vector<Use*> uses;
        for (Use& use : question.uses) {
            if ((use.makers & bit) != 0) uses.push_back(&use);
        }
        const bool is_only = std::all_of(uses.begin(), uses.end(), [&](const Use* use) {
            return use->name.name == uses.front()->name.name && use->name.schema == uses.front()->name.schema;
        });
        if (!is_only) continue;
        for (Use* const use : uses) use->makers = bit;
    }
}

/// False if the entry needs the dropped extension for more than what can be cut out.
bool CutDecider::choose_of_maker(Question& question, std::size_t maker) {
    const std::uint32_t bit = std::uint32_t{1} << maker;
    const Index extension = question.makers[maker].entry;
    if (may_be_there_for_extension(question, extension)) return false;
    bool is_explained = false;
    for (const Use& use : question.uses) {
        if ((use.makers & bit) == 0) continue;
        if (!question.clause(use).is_cuttable()) return false;
        question.decision.chosen[use.clause] = true;
        is_explained = true;
    }
    return is_explained || is_inherited(question, extension);
}

/// Members of extensions have no entries: what the entry names and does not depend on by an entry is of the
/// extensions that it depends on.
bool CutDecider::choose_of_extensions(Question& question) {
    if (std::none_of(question.causes.begin(), question.causes.end(),
                     [&](Index cause) { return graph_.kind(cause) == EntryKind::extension; }))
        return true;
    if (!collect_makers(question)) return false;
    for (Use& use : question.uses) use.makers = makers_of(question, use);
    settle_kept_makers(question);
    for (std::size_t i = 0; i < question.makers.size(); ++i) {
        if (question.makers[i].is_dropped && !choose_of_maker(question, i)) return false;
    }
    return true;
}

std::uint32_t CutDecider::makers_of(const Question& question, const Use& use) {
    const sql::NameUse& name = use.name;
    if (name.schema == "pg_catalog" || name.schema == "information_schema") return 0;
    if (question.own.contains(key_of(schema_named(question, name), name.name))) return 0;
    std::uint32_t all = 0;
    std::uint32_t there = 0;
    std::uint32_t known = 0;
    const bool is_type = question.clause(use).kind == ClauseKind::type;
    for (std::size_t i = 0; i < question.makers.size(); ++i) {
        const Bytes extension = toc_[question.makers[i].entry].tag();
        const Makes makes = is_type ? makes_type(extension, name.name) : makes_member(extension, name.name);
        if (makes == Makes::no) continue;
        const std::uint32_t bit = std::uint32_t{1} << i;
        if (!name.schema.empty() && !is_confined(extension)) all |= bit;
        if (!is_candidate(question, use, question.makers[i].entry)) continue;
        there |= bit;
        if (makes == Makes::yes) known |= bit;
    }
    if (known != 0) return known;
    if (there != 0) return there;
    // An extension can have schemas of its own, which have no entries either.
    return name.schema != "public" && !schemas_.contains(name.schema) ? all : 0;
}

/// Whether the name is one that can be in the extension's schema.
bool CutDecider::is_candidate(const Question& question, const Use& use, Index extension) {
    const std::string& schema = schema_of_extension(extension);
    const sql::NameUse& name = use.name;
    if (!name.schema.empty()) return name.schema == schema;
    if (schema != "pg_catalog" && (qualifies_ || schema != question.schema)) return false;
    const Bytes maker = toc_[extension].tag();
    switch (question.clause(use).kind) {
        case ClauseKind::type:
            return !is_builtin_type(name.name);
        case ClauseKind::default_value:
        case ClauseKind::generated:
        case ClauseKind::check:
            return makes_member(maker, name.name) == Makes::yes ||
                   (name.kind == UseKind::call && !is_common_call(name.name));
        default:
            return makes_member(maker, name.name) == Makes::yes;
    }
}

/// Whether the entry can depend on the extension for its schema or its access method.
bool CutDecider::may_be_there_for_extension(const Question& question, Index extension) const {
    if (is_confined(toc_[extension].tag())) return false;
    const std::string schema(question.schema);
    if (schema != "public" && !schemas_.contains(schema)) return true;
    const Bytes method = toc_[question.entry].text(Field::tableam).value_or("");
    return !method.empty() && method != "heap";
}

void CutDecider::choose_unbound(CutDecision& decision, std::span<const std::string> unbound) {
    if (unbound.empty()) return;
    const std::vector<sql::ColumnClause>& clauses = decision.all.clauses;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        if (clauses[i].is_named_constraint() && is_one_of(unbound, sql::decode_name(clauses[i].constraint)))
            decision.chosen[i] = true;
    }
}

/// A generated column has no values in the archive: what would refuse an empty one is cut out with it.
void CutDecider::choose_with_columns(Question& question) {
    CutDecision& decision = question.decision;
    const std::vector<sql::ColumnClause>& clauses = decision.all.clauses;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        if (clauses[i].kind != ClauseKind::generated || !decision.chosen[i]) continue;
        std::string column = sql::decode_name(clauses[i].column);
        if (!is_one_of(decision.emptied, column)) decision.emptied.push_back(std::move(column));
    }
    if (!decision.emptied.empty()) {
        for (std::size_t i = 0; i < clauses.size(); ++i) {
            const bool is_of_column =
                clauses[i].kind == ClauseKind::generated || clauses[i].kind == ClauseKind::not_null;
            if (is_of_column && is_one_of(decision.emptied, sql::decode_name(clauses[i].column)))
                decision.chosen[i] = true;
        }
        for (const Use& use : question.uses) {
            if (question.clause(use).kind == ClauseKind::check && use.name.schema.empty() &&
                is_one_of(decision.emptied, use.name.name))
                decision.chosen[use.clause] = true;
        }
    }
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        if (decision.chosen[i] && !clauses[i].constraint.empty())
            decision.unbound.push_back(sql::decode_name(clauses[i].constraint));
    }
}

}  // namespace pgfilter
