// SPDX-License-Identifier: PostgreSQL
#include "rules/dumped_objects.hpp"

#include <algorithm>

#include "archive/components.hpp"
#include "pgfilter/error.hpp"
#include "rules/foreign_keys.hpp"

namespace pgfilter {
namespace {

/// What is in a schema, or a part of what is, and is dumped with something else.
constexpr EntryKinds of_others = EntryKind::publication_table | EntryKind::publication_tables_in_schema |
                                 EntryKind::subscription_table | EntryKind::sequence_owned_by;

/// Spreads from tables and other objects to what pg_dump dumps with them.
class Spreading {
public:
    explicit Spreading(const Toc& toc)
        : toc_(toc),
          graph_(toc, DependencyGraph::Scope::kept),
          keys_(graph_),
          chosen_(toc.size()),
          has_children_(toc.size()),
          is_owned_(toc.size()) {}

    [[nodiscard]] const DependencyGraph& graph() const { return graph_; }

    /// `with_children`: with partitions and inheriting tables, theirs, and so on.  False if that is no news.
    bool choose(std::size_t entry, bool with_children = false) {
        if (toc_[entry].dropped() || (chosen_[entry] && (!with_children || has_children_[entry])))
            return false;
        chosen_[entry] = true;
        has_children_[entry] = has_children_[entry] || with_children;
        waiting_.push_back(static_cast<std::uint32_t>(entry));
        return true;
    }

    std::vector<bool> spread() {
        while (!waiting_.empty()) {
            const std::size_t whole = waiting_.back();
            waiting_.pop_back();
            if (has_children_[whole])
                graph_.inheritance().for_each_child(whole, [&](std::size_t child) { choose(child, true); });
            graph_.for_each_dependent(whole, [&](std::size_t part, Bond bond) {
                if (bond != Bond::belongs || !goes_with(part, whole)) return;
                choose(part);
                if (relations.has(graph_.kind(whole)) && graph_.kind(part) == EntryKind::sequence)
                    choose_ownership(part);
            });
        }
        return std::move(chosen_);
    }

private:
    /// Of what belongs to several objects, pg_dump dumps some with one of them only.  It dumps extended
    /// statistics with their schema only (selectDumpableStatisticsObject in pg_dump.c, 18).
    [[nodiscard]] bool goes_with(std::size_t part, std::size_t whole) {
        const EntryKind kind = graph_.kind(part);
        if (kind == EntryKind::statistics || of_others.has(kind)) return false;
        if (kind == EntryKind::fk_constraint) {
            const auto& sides = keys_.sides_of(part);
            return sides && sides->referencing == whole;
        }
        // Of a partitioned table's.
        if (kind == EntryKind::trigger) return graph_.kind(whole) != EntryKind::trigger;
        constexpr EntryKinds attached = EntryKind::table_attach | EntryKind::index_attach;
        return !attached.has(kind) || is_named_like(part, whole);
    }

    /// What attaches a partition has its name, or that of its index; a constraint has its table's in front.
    [[nodiscard]] bool is_named_like(std::size_t part, std::size_t whole) const {
        const Bytes name = toc_[part].tag();
        const Bytes tag = toc_[whole].tag();
        const bool has_name =
            tag == name || (constraints.has(graph_.kind(whole)) && tag.size() > name.size() &&
                            tag.ends_with(name) && tag[tag.size() - name.size() - 1] == ' ');
        return has_name && toc_[part].namespace_() == toc_[whole].namespace_();
    }

    // A sequence that is selected by itself is nobody's.
    void choose_ownership(std::size_t sequence) {
        if (is_owned_[sequence]) return;
        is_owned_[sequence] = true;
        graph_.for_each_dependent(sequence, [&](std::size_t part, Bond) {
            if (graph_.kind(part) == EntryKind::sequence_owned_by) choose(part);
        });
    }

    const Toc& toc_;
    DependencyGraph graph_;
    ForeignKeys keys_;
    std::vector<bool> chosen_;
    std::vector<bool> has_children_;  // that are wanted
    std::vector<bool> is_owned_;      // by a table that is wanted
    std::vector<std::uint32_t> waiting_;
};

/// A sequence that cannot be made without its table.
bool is_of_identity(const TocEntry& entry) {
    return entry.kind() == EntryKind::sequence && entry.defn().value_or("").starts_with("ALTER TABLE ");
}

/// Whether pg_dump dumps it with its schema.  Old versions name one for languages and casts, too.
bool is_in_schema(EntryKind kind) {
    constexpr EntryKinds others =
        of_others | EntryKind::cast | EntryKind::procedural_language | EntryKind::extension;
    return !others.has(kind) && !is_attachment(kind) && !is_database(kind);
}

/// The schema that privileges, a comment or a label are of: "SCHEMA app".
std::optional<Bytes> schema_attached_to(const TocEntry& entry) {
    constexpr Bytes keyword = "SCHEMA ";
    if (!is_attachment(entry.kind()) || !entry.tag().starts_with(keyword)) return std::nullopt;
    return entry.tag().substr(keyword.size());
}

}  // namespace

void DumpedObjects::add(const RuleSpec& from, std::size_t spec) {
    if (from.arguments.empty()) throw Error(ErrorCode::usage, from.name + " needs a pattern");
    const bool is_schema = from.name == "include-schema";
    for (std::size_t i = 0; i < from.arguments.size(); ++i) {
        const auto parts = is_schema ? NamePattern::Parts::name : NamePattern::Parts::schema_and_name;
        (is_schema ? schemas_ : tables_)
            .push_back({spec, i, {from.arguments[i].value, parts}, from.name == "table-and-children"});
    }
}

DumpedObjects::Match DumpedObjects::match_table(Bytes schema, Bytes name) {
    Match match = Match::no;
    for (Wanted& wanted : tables_) {
        if (!wanted.pattern.matches(schema, name)) continue;
        ++wanted.found;
        match = std::max(match, wanted.with_children ? Match::with_children : Match::alone);
    }
    return match;
}

bool DumpedObjects::match_schema(Bytes name, SelectedNames& excluded) {
    bool matched = false;
    for (Wanted& wanted : schemas_) {
        if (!wanted.pattern.matches(name)) continue;
        ++wanted.found;
        matched = true;
    }
    return matched && !excluded.find(name);
}

void DumpedObjects::check_database(const Header& header) const {
    for (const Wanted& wanted : tables_) wanted.pattern.check_database(header);
}

std::vector<bool> DumpedObjects::find(const Toc& toc, SelectedNames& excluded) {
    if (!given()) return {};
    // So that each is known to match or not, whether or not it makes a difference.
    std::vector<bool> schemas = has_schemas() ? find_schemas(toc, excluded) : std::vector<bool>();
    return has_tables() ? find_tables(toc) : schemas;
}

std::vector<bool> DumpedObjects::find_tables(const Toc& toc) {
    Spreading spreading(toc);
    const auto choose = [&](std::size_t entry, Match match) {
        if (match != Match::no) spreading.choose(entry, match == Match::with_children);
    };
    constexpr EntryKinds of_relations = EntryKind::table_data | EntryKind::sequence_set;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        // What another rule has dropped is there, though of no use.
        if (toc[i].dropped() && of_relations.has(toc[i].kind()))
            match_table(toc[i].namespace_().value_or(""), toc[i].tag());
        if (!nameable.has(spreading.graph().kind(i))) continue;
        const Match match = match_table(toc[i].namespace_().value_or(""), toc[i].tag());
        if (!is_of_identity(toc[i])) choose(i, match);
    }
    // In an archive of data alone, for example.
    spreading.graph().for_each_orphan([&](std::size_t index, const sql::QualifiedName& name) {
        choose(index, match_table(name.schema, name.name));
    });
    return spreading.spread();
}

std::vector<bool> DumpedObjects::find_schemas(const Toc& toc, SelectedNames& excluded) {
    Spreading spreading(toc);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const TocEntry& entry = toc[i];
        const EntryKind kind = spreading.graph().kind(i);
        std::optional<Bytes> schema = entry.namespace_();
        if (kind == EntryKind::schema) schema = entry.tag();
        if (is_attachment(kind)) schema = schema_attached_to(entry);
        const bool is_chosen = kind == EntryKind::schema || is_attachment(kind) || is_in_schema(kind);
        if (schema && !schema->empty() && is_chosen && match_schema(*schema, excluded)) spreading.choose(i);
    }
    return spreading.spread();
}

void DumpedObjects::report(RuleContext& context) const {
    for (const auto* const all : {&tables_, &schemas_}) {
        for (const Wanted& wanted : *all) context.matched_argument(wanted.number, wanted.found, wanted.spec);
    }
}

void DumpedObjects::check_all_found() const {
    const auto check = [](const std::vector<Wanted>& all, const char* what) {
        for (const Wanted& wanted : all) {
            if (wanted.found == 0)
                throw Error(ErrorCode::usage, std::string("no matching ") + what +
                                                  " were found for pattern \"" + wanted.pattern.text() +
                                                  "\"");
        }
    };
    check(schemas_, "schemas");
    check(tables_, "tables");
}

void DumpedObjects::check_any_found() const {
    const auto check = [](const std::vector<Wanted>& all, const char* what, const char* rule) {
        const auto is_found = [](const Wanted& wanted) { return wanted.found > 0; };
        if (all.empty() || std::any_of(all.begin(), all.end(), is_found)) return;
        std::vector<std::string> patterns;
        patterns.reserve(all.size());
        for (const Wanted& wanted : all) patterns.push_back(wanted.pattern.text());
        refuse_empty_selection(what, rule, ArgumentForm::pattern, patterns);
    };
    check(schemas_, "schemas", "include-schema");
    check(tables_, "tables", "include-table");
}

}  // namespace pgfilter
