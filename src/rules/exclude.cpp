// SPDX-License-Identifier: PostgreSQL
// Rules that drop objects as pg_dump's --exclude options leave them out, with everything that hangs on them.
#include <algorithm>
#include <array>
#include <set>

#include "archive/dialect.hpp"
#include "archive/toc_access.hpp"
#include "rules/builtin.hpp"
#include "rules/cut_decision.hpp"
#include "rules/definition.hpp"
#include "rules/dependency_graph.hpp"
#include "rules/exclude_wanted.hpp"
#include "rules/pattern_index.hpp"
#include "rules/rule_access.hpp"
#include "sql/column_expressions.hpp"
#include "sql/definitions.hpp"
#include "sql/names.hpp"

namespace pgfilter {
namespace {

constexpr EntryKinds data_kinds = kinds_with(trait::of_rows);

class Exclude final : public Rule {
public:
    explicit Exclude(std::span<const RuleSpec> specs) {
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (specs[i].name == "cascade")
                cascades_.push_back(i);
            else
                add(specs[i], i);
            const auto rule =
                std::find_if(exclude_rules().begin(), exclude_rules().end(),
                             [&](const ExcludeRule& known) { return known.name == specs[i].name; });
            outcomes_.emplace_back(rule->reach, specs[i].of_target);
        }
    }

    void apply(RuleContext& context) override {
        for (const std::size_t spec : cascades_) RuleAccess::cascade(context, spec);
        // They are no patterns, so that there is nothing for them to match.
        for (const std::size_t spec : kinds_alone_) context.matched_argument(0, 1, spec);
        if (wants_nothing()) return;
        for (const Wanted& table : by(Aspect::table_name)) table.pattern->check_database(context.header());
        dialect_ = dialect_of(context.toc());
        fall_back_to_heap(context);
        // Takes most of the time, which rules that choose no tables and find nothing else to drop can do
        // without.
        const DependencyGraph* const graph =
            by(Aspect::table_name).empty() ? nullptr : &RuleAccess::graph(context);
        for (std::size_t i = 0; i < context.toc().size(); ++i) select(context, graph, i);
        if (graph != nullptr) select_orphans(context, *graph);
        if (graph != nullptr) select_children(*graph);
        for (const Selected& selected : selected_) drop(context, graph, selected);
        selected_ = std::vector<Selected>();
    }

private:
    struct Selected {
        std::uint32_t entry;
        EditorId spec : 22;
        bool data_only : 1;
        bool with_children : 1;
    };

    void add(const RuleSpec& spec, std::size_t number) {
        if (!spec.arguments.empty() && is_kind_alone(spec, 0)) kinds_alone_.push_back(number);
        std::vector<Wanted> all;
        add_wanted(spec, number, all);
        for (Wanted& wanted : all) {
            if (info_of(wanted.target).aspect == Aspect::table_name) tables_.add(*wanted.pattern);
            candidates_ = candidates_ | candidates_of(wanted);
            in_definitions_ = in_definitions_ || wanted.in_definitions;
            wanted_[static_cast<std::size_t>(info_of(wanted.target).aspect)].push_back(std::move(wanted));
        }
    }

    [[nodiscard]] bool wants_nothing() const {
        return std::all_of(wanted_.begin(), wanted_.end(), [](const auto& some) { return some.empty(); });
    }

    [[nodiscard]] const std::vector<Wanted>& by(Aspect aspect) const {
        return wanted_[static_cast<std::size_t>(aspect)];
    }

    /// Once is enough: a routine has any number of settings, and any number of patterns is given.
    void choose(std::size_t entry, const Wanted& wanted, bool data_only) {
        const auto has_it = [&](const Selected& known) {
            return static_cast<bool>(known.data_only) == data_only &&
                   (known.with_children || !wanted.with_children) &&
                   outcomes_[known.spec] == outcomes_[wanted.spec];
        };
        for (auto known = selected_.rbegin(); known != selected_.rend() && known->entry == entry; ++known) {
            if (has_it(*known)) return;
        }
        selected_.push_back({static_cast<std::uint32_t>(entry),
                             static_cast<EditorId>(wanted.spec) & last_editor, data_only,
                             wanted.with_children});
    }

    /// `graph`: there if tables are chosen.
    void select(RuleContext& context, const DependencyGraph* graph, std::size_t index) {
        const TocEntry& entry = context.entry(index);
        const EntryKind kind = entry.kind();
        if (!candidates_.has(kind)) return;
        // An earlier rule may have dropped a table, as data-only does, and kept its data.
        if (graph != nullptr && nameable.has(kind)) select_table(context, *graph, entry, index);
        if (entry.dropped()) return;
        if (kind == EntryKind::extension) select_named(context, index, entry.tag(), Aspect::extension_name);
        select_kind(context, entry, index);
        select_object(context, entry, index);
        select_constraints(context, entry, index);
        select_by_definition(context, entry, index);
    }

    void select_by_definition(RuleContext& context, const TocEntry& entry, std::size_t index) {
        if (!by(Aspect::language).empty()) {
            if (const auto language = language_of(entry, dialect_))
                select_named(context, index, *language, Aspect::language);
        }
        if (!by(Aspect::access_method).empty()) {
            if (const auto method = access_method_of(entry, dialect_)) {
                if (const Wanted* const wanted = find_access_method(context, *method))
                    choose(index, *wanted, false);
            }
        }
        if (!by(Aspect::setting).empty()) select_by_setting(context, entry, index);
        for (const Wanted& wanted : by(Aspect::nature)) {
            const TargetInfo& target = info_of(wanted.target);
            if (target.kinds.has(entry.kind()) && target.has_nature(context.toc(), entry, dialect_))
                choose(index, wanted, false);
        }
    }

    void select_by_setting(RuleContext& context, const TocEntry& entry, std::size_t index) {
        if (!routines.has(entry.kind())) return;
        sql::find_settings(entry.defn().value_or(""), dialect_, [&](const std::string& setting) {
            for (const Wanted& wanted : by(Aspect::setting)) {
                if (wanted.target == Target::superuser_setting && is_superuser_setting(setting))
                    choose(index, wanted, false);
                if (wanted.target != Target::setting || !wanted.pattern->matches(setting)) continue;
                context.matched_argument(wanted.argument, 1, wanted.spec);
                choose(index, wanted, false);
            }
        });
    }

    /// The first that asks for this access method to be left out.
    const Wanted* find_access_method(RuleContext& context, Bytes method) const {
        for (const Wanted& wanted : by(Aspect::access_method)) {
            if (wanted.target == Target::own_access_method && own_methods_.contains(method)) return &wanted;
            if (wanted.target != Target::access_method || !wanted.pattern->matches(method)) continue;
            context.matched_argument(wanted.argument, 1, wanted.spec);
            return &wanted;
        }
        return nullptr;
    }

    // By name and not with NULL, which would mean that of the table before.
    void fall_back_to_heap(RuleContext& context) {
        if (by(Aspect::access_method).empty()) return;
        context.for_each_entry(EntryKind::access_method,
                               [&](TocEntry& entry, std::size_t) { own_methods_.insert(entry.tag()); });
        for (std::size_t i = 0; i < context.toc().size(); ++i) {
            TocAccess::prefetch(context.toc(), i + TocAccess::ahead);
            TocEntry& entry = context.entry(i);
            if (entry.dropped()) continue;
            const Text method = entry.text(Field::tableam);
            if (!method || *method == "heap") continue;
            if (const Wanted* const wanted = find_access_method(context, *method))
                context.set_text(entry, Field::tableam, "heap", wanted->spec);
        }
    }

    // pg_dump leaves out a sequence that a table owns only if it leaves out the table.
    void select_table(RuleContext& context, const DependencyGraph& graph, const TocEntry& entry,
                      std::size_t index) {
        const Bytes schema = entry.namespace_().value_or("");
        const Bytes name = entry.tag();
        tables_.for_each_candidate(name, [&](std::size_t candidate) {
            const Wanted& wanted = by(Aspect::table_name)[candidate];
            const bool data_only = wanted.target == Target::table_data;
            if (!data_only && graph.is_owned(index)) return;
            if (!wanted.pattern->matches(schema, name)) return;
            context.matched_argument(wanted.argument, 1, wanted.spec);
            choose(index, wanted, data_only);
        });
    }

    /// By a name that one kind of rule leaves out, and that the other leaves all others out.
    void select_named(RuleContext& context, std::size_t index, Bytes name, Aspect aspect) {
        const Wanted* only = nullptr;
        bool is_wanted = false;
        for (const Wanted& wanted : by(aspect)) {
            const bool excludes =
                wanted.target == Target::excluded_extension || wanted.target == Target::excluded_language;
            if (!excludes && only == nullptr) only = &wanted;
            if (!wanted.pattern->matches(name)) continue;
            context.matched_argument(wanted.argument, 1, wanted.spec);
            if (excludes) choose(index, wanted, false);
            if (!excludes) is_wanted = true;
        }
        if (only != nullptr && !is_wanted) choose(index, *only, false);
    }

    void select_kind(RuleContext& context, const TocEntry& entry, std::size_t index) {
        for (const Wanted& wanted : by(Aspect::kind)) {
            if (wanted.kind->matches(entry)) {
                context.matched_argument(wanted.argument, 1, wanted.spec);
                choose(index, wanted, false);
            } else if (wanted.kind->kind() == EntryKind::table_data &&
                       statistics_with_values.has(entry.kind())) {
                choose(index, wanted, false);
            }
        }
    }

    void select_object(RuleContext& context, const TocEntry& entry, std::size_t index) {
        for (const Wanted& wanted : by(Aspect::object)) {
            if (!wanted.object->matches(entry, dialect_)) continue;
            context.matched_argument(wanted.argument, 1, wanted.spec);
            choose(index, wanted, false);
        }
    }

    // pg_dump gives entries of their own to those alone that are not valid, or in a circle.
    void select_constraints(RuleContext& context, const TocEntry& entry, std::size_t index) {
        const Bytes defn = entry.defn().value_or("");
        if (!in_definitions_ || !with_constraints.has(entry.kind()) ||
            defn.size() > CutDecider::largest_definition)
            return;
        for (const sql::ColumnClause& clause : sql::find_column_clauses(defn, dialect_).clauses) {
            if (!clause.is_named_constraint()) continue;
            const std::string name = sql::decode_name(clause.constraint);
            for (const Wanted& wanted : by(Aspect::object)) {
                if (!wanted.in_definitions ||
                    !wanted.object->matches_part(schema_of(entry), entry.tag(), name))
                    continue;
                context.matched_argument(wanted.argument, 1, wanted.spec);
                RuleAccess::drop_constraint(context, index, name, wanted.spec);
            }
        }
    }

    // An archive of data alone, for example.
    void select_orphans(RuleContext& context, const DependencyGraph& graph) {
        graph.for_each_orphan([&](std::size_t index, const sql::QualifiedName& name) {
            if (context.entry(index).dropped()) return;
            tables_.for_each_candidate(name.name, [&](std::size_t candidate) {
                const Wanted& wanted = by(Aspect::table_name)[candidate];
                if (wanted.target == Target::table_data && !data_kinds.has(graph.kind(index))) return;
                if (!wanted.pattern->matches(name.schema, name.name)) return;
                context.matched_argument(wanted.argument, 1, wanted.spec);
                choose(index, wanted, false);
            });
        });
    }

    void select_children(const DependencyGraph& graph) {
        std::array<std::vector<bool>, 2> seen;  // for tables and for their data
        for (std::size_t next = 0; next < selected_.size(); ++next) {
            const Selected parent = selected_[next];
            if (!parent.with_children) continue;
            std::vector<bool>& known = seen[parent.data_only ? 1 : 0];
            known.resize(std::max<std::size_t>(known.size(), parent.entry + 1));
            if (known[parent.entry]) continue;
            known[parent.entry] = true;
            graph.inheritance().for_each_child(parent.entry, [&](std::size_t child) {
                selected_.push_back({static_cast<std::uint32_t>(child), parent.spec, parent.data_only, true});
            });
        }
    }

    static void drop(RuleContext& context, const DependencyGraph* graph, const Selected& selected) {
        if (selected.data_only)
            drop_data(context, *graph, selected);
        else
            context.drop(context.entry(selected.entry), selected.spec);
    }

    // Histogram bounds and most common values are values of columns, those of indexes of expressions too.
    static void drop_data(RuleContext& context, const DependencyGraph& graph, const Selected& table) {
        RuleAccess::lose_rows(context, table.entry, table.spec);
        graph.for_each_dependent(table.entry, [&](std::size_t part, Bond bond) {
            if (bond != Bond::belongs) return;
            if (data_kinds.has(graph.kind(part))) context.drop(context.entry(part), table.spec);
            if (!with_statistics.has(graph.kind(part))) return;
            graph.for_each_dependent(part, [&](std::size_t values, Bond) {
                if (statistics_with_values.has(graph.kind(values)))
                    context.drop(context.entry(values), table.spec);
            });
        });
    }

    std::array<std::vector<Wanted>, aspects> wanted_;  // by aspect
    PatternIndex tables_;                              // those by name
    EntryKinds candidates_;                            // of what is looked at at all
    bool in_definitions_ = false;                      // whether constraints are looked for there
    sql::Dialect dialect_;
    std::set<Bytes> own_methods_;  // access methods that the archive creates
    std::vector<std::size_t> cascades_;
    std::vector<std::size_t> kinds_alone_;          // specs that begin with one
    std::vector<std::pair<Reach, bool>> outcomes_;  // per spec: what follows from its drops, and for whom
    std::vector<Selected> selected_;
};

}  // namespace

void add_exclude_rules(RuleRegistry& registry) {
    for (const ExcludeRule& rule : exclude_rules()) {
        registry.add({rule.name, rule.summary, keys_of(rule), "exclude", {}, rule.reach},
                     [](std::span<const RuleSpec> specs) { return std::make_unique<Exclude>(specs); });
    }
}

}  // namespace pgfilter
