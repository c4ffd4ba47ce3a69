#include "rules/selected_tables.hpp"

#include "pgfilter/error.hpp"
#include "rules/foreign_keys.hpp"

namespace pgfilter {
namespace {

/// Spreads from the tables to what pg_dump dumps with them.
class Spreading {
public:
    explicit Spreading(const Toc& toc)
        : toc_(toc), graph_(toc, DependencyGraph::Scope::kept), keys_(graph_), chosen_(toc.size()) {}

    [[nodiscard]] const DependencyGraph& graph() const { return graph_; }

    /// False if that is no news.
    bool choose(std::size_t entry) {
        if (chosen_[entry] || toc_[entry].dropped()) return false;
        chosen_[entry] = true;
        waiting_.push_back(static_cast<std::uint32_t>(entry));
        return true;
    }

    std::vector<bool> spread() {
        while (!waiting_.empty()) {
            const std::size_t whole = waiting_.back();
            waiting_.pop_back();
            graph_.inheritance().for_each_child(whole, [&](std::size_t child) { choose(child); });
            graph_.for_each_dependent(whole, [&](std::size_t part, Bond bond) {
                if (bond != Bond::belongs || !goes_with(part, whole)) return;
                if (choose(part) && graph_.kind(part) == EntryKind::sequence) choose_ownership(part);
            });
        }
        return std::move(chosen_);
    }

private:
    /// Of what belongs to several objects, pg_dump dumps some with one of them only.  It dumps extended
    /// statistics with their schema only (selectDumpableStatisticsObject in pg_dump.c, 18).
    [[nodiscard]] bool goes_with(std::size_t part, std::size_t whole) {
        constexpr EntryKinds of_others = EntryKind::publication_table | EntryKind::subscription_table |
                                         EntryKind::sequence_owned_by | EntryKind::statistics;
        const EntryKind kind = graph_.kind(part);
        if (of_others.has(kind)) return false;
        if (kind == EntryKind::fk_constraint) {
            const auto& sides = keys_.sides_of(part);
            return sides && sides->referencing == whole;
        }
        if (kind == EntryKind::table_attach)  // has the partition's name
            return toc_[part].tag() == toc_[whole].tag() &&
                   toc_[part].namespace_() == toc_[whole].namespace_();
        return true;
    }

    // A sequence that is selected by itself is nobody's.
    void choose_ownership(std::size_t sequence) {
        graph_.for_each_dependent(sequence, [&](std::size_t part, Bond) {
            if (graph_.kind(part) == EntryKind::sequence_owned_by) choose(part);
        });
    }

    const Toc& toc_;
    DependencyGraph graph_;
    ForeignKeys keys_;
    std::vector<bool> chosen_;
    std::vector<std::uint32_t> waiting_;
};

/// A sequence that cannot be made without its table.
bool is_of_identity(const TocEntry& entry) {
    return entry.kind() == EntryKind::sequence && entry.defn().value_or("").starts_with("ALTER TABLE ");
}

}  // namespace

void SelectedTables::add(const RuleSpec& from, std::size_t spec) {
    if (from.arguments.empty()) throw Error(ErrorCode::usage, from.name + " needs a pattern");
    if (!spec_) spec_ = spec;
    for (std::size_t i = 0; i < from.arguments.size(); ++i)
        wanted_.push_back({spec, i, {from.arguments[i].value, NamePattern::Parts::schema_and_name}});
}

bool SelectedTables::match(Bytes schema, Bytes name) {
    bool matched = false;
    for (Wanted& wanted : wanted_) {
        if (!wanted.pattern.matches(schema, name)) continue;
        ++wanted.found;
        matched = true;
    }
    return matched;
}

void SelectedTables::check_database(const Header& header) const {
    for (const Wanted& wanted : wanted_) wanted.pattern.check_database(header);
}

std::vector<bool> SelectedTables::find(const Toc& toc) {
    Spreading spreading(toc);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped() || !nameable.has(spreading.graph().kind(i)) || is_of_identity(toc[i])) continue;
        if (match(toc[i].namespace_().value_or(""), toc[i].tag())) spreading.choose(i);
    }
    // In an archive of data alone, for example.
    spreading.graph().for_each_orphan([&](std::size_t index, const sql::QualifiedName& name) {
        if (!toc[index].dropped() && match(name.schema, name.name)) spreading.choose(index);
    });
    return spreading.spread();
}

void SelectedTables::report(RuleContext& context) const {
    for (const Wanted& wanted : wanted_) context.matched_argument(wanted.number, wanted.found, wanted.spec);
}

void SelectedTables::check_all_found() const {
    for (const Wanted& wanted : wanted_) {
        if (wanted.found == 0)
            throw Error(ErrorCode::usage,
                        "no matching tables were found for pattern \"" + wanted.pattern.text() + "\"");
    }
}

}  // namespace pgfilter
