// SPDX-License-Identifier: PostgreSQL
// The family "select": pg_restore's own selection of entries (18), so that what is dropped here is what
// pg_restore with these options would not restore.
#include <utility>

#include "archive/toc_access.hpp"
#include "rules/builtin.hpp"
#include "rules/list_order.hpp"
#include "rules/rule_access.hpp"
#include "rules/selection.hpp"

namespace pgfilter {
namespace {

class Select final : public Rule {
public:
    explicit Select(std::span<const RuleSpec> specs) : options_(specs) {}

    void apply(RuleContext& context) override {
        options_.dumped.check_database(context.header());
        RuleAccess::place_copies(context);
        const Toc& toc = context.toc();
        ListOrder list;
        if (options_.use_list) {
            list = order_by_list(toc, options_.list);
        } else {
            for (std::size_t place = 0; place < toc.size(); ++place)
                list.order.push_back(static_cast<std::uint32_t>(toc.at(place)));
        }
        Selector selector(options_, toc, options_.use_list ? &list.listed : nullptr);
        for (std::size_t i = 0; i < list.order.size(); ++i) {
            if (i + TocAccess::ahead < list.order.size())
                TocAccess::prefetch(toc, list.order[i + TocAccess::ahead]);
            selector.decide(list.order[i]);
        }
        if (!options_.strict_names.empty()) check_names();
        const std::vector<bool> looked_up = find_looked_up(toc, selector);
        for (std::size_t i = 0; i < toc.size(); ++i) carry_out(context, i, selector.verdict(i), looked_up[i]);
        report(context, selector, list);
        if (!options_.use_list) return;
        check_order_of_data(toc, list.order);
        context.set_order(std::move(list.order));
    }

    // As pg_dump does (expand_table_name_patterns and others in pg_dump.c, 18).  pg_restore does not mind
    // names that it does not find, and restores nothing.
    void refuse(const Prologue& /*prologue*/) const override {
        options_.schemas.check_any_there("schemas");
        options_.tables.check_any_there("tables");
        options_.indexes.check_any_there("indexes");
        options_.functions.check_any_there("functions");
        options_.triggers.check_any_there("triggers");
        options_.dumped.check_any_found();
    }

private:
    /// The entries in which pg_restore will look for the OIDs that kept privileges of several large objects
    /// are for.  It would crash if they were not there.
    static std::vector<bool> find_looked_up(const Toc& toc, const Selector& selector) {
        std::vector<bool> looked_up(toc.size());
        for (std::size_t i = 0; i < toc.size(); ++i) {
            const TocEntry& entry = toc[i];
            if (selector.verdict(i).components == 0 || entry.kind() != EntryKind::acl) continue;
            if (!entry.tag().starts_with("LARGE OBJECTS")) continue;
            const std::vector<DumpId> ids = entry.dependencies();
            const auto index = ids.empty() ? std::nullopt : toc.find(ids.front());
            if (index && toc[*index].kind() == EntryKind::blob_metadata && !toc[*index].has_data())
                looked_up[*index] = true;
        }
        return looked_up;
    }

    // What remains is what pg_restore without any option will make of the entry.
    static void carry_out(RuleContext& context, std::size_t index, const Selector::Verdict& verdict,
                          bool looked_up) {
        if (!verdict.has_cause) return;
        TocEntry& entry = context.entry(index);
        if (verdict.components == 0 && looked_up) return disable(context, entry, verdict.cause);
        if (verdict.components == 0) return context.drop(entry, verdict.cause);
        if ((verdict.left_out & component::data) != 0) return context.drop_data(entry, verdict.cause);
        context.set_text(entry, Field::defn, nothing(context), verdict.cause);
    }

    // Every pg_restore passes over an entry of that kind and name, a relic of 7.1, but finds it by its ID.
    static void disable(RuleContext& context, TocEntry& entry, std::size_t spec) {
        context.set_text(entry, Field::desc, "<Init>", spec);
        context.set_text(entry, Field::tag, "Max OID", spec);
    }

    void check_names() const {
        options_.schemas.check_all_found("schema");
        options_.tables.check_all_found("table");
        options_.indexes.check_all_found("index");
        options_.functions.check_all_found("function");
        options_.triggers.check_all_found("trigger");
        options_.dumped.check_all_found();
    }

    void report(RuleContext& context, const Selector& selector, const ListOrder& list) const {
        for (const SelectedNames* names : {&options_.schemas, &options_.excluded_schemas, &options_.tables,
                                           &options_.indexes, &options_.functions, &options_.triggers})
            names->report(context);
        options_.dumped.report(context);
        for (std::size_t i = 0; i < list.valid.size(); ++i)
            context.matched_argument(i, list.valid[i] ? 1 : 0, *options_.use_list);
        for (const auto& [spec, number, section] : options_.sections)
            context.matched_argument(number, selector.found_in(section), spec);
        for (const std::size_t spec : options_.strict_names) context.matches_nothing_by_itself(spec);
        for (const std::size_t spec : options_.repetitions()) context.matches_nothing_by_itself(spec);
    }

    SelectionOptions options_;
};

}  // namespace

void add_selection_rules(RuleRegistry& registry) {
    const auto add = [&](const char* name, const char* summary, std::vector<RuleKey> keys,
                         Reach reach = Reach::selection) {
        registry.add({name, summary, std::move(keys), "select", {}, reach},
                     [](std::span<const RuleSpec> specs) { return std::make_unique<Select>(specs); });
    };
    const std::vector<RuleKey> names{{"name", "NAME"}};
    // A user who takes a single index, function or trigger from an archive has what it belongs to.
    add("schema", "keep only what is in the schema of that name", names);
    add("exclude-schema", "drop what is in the schema of that name", names);
    add("table", "keep only the table, view or sequence of that name, with its data", names);
    add("include-schema", "keep only these schemas with all that is in them, as pg_dump -n does",
        {{"pattern", "PATTERN", false, RuleKey::Takes::pattern}});
    add("include-table", "keep only these tables with their indexes and so on, as pg_dump -t does",
        {{"pattern", "PATTERN", false, RuleKey::Takes::pattern}});
    add("table-and-children",
        "keep only these tables with their indexes and so on, and with partitions and inheriting tables",
        {{"pattern", "PATTERN", false, RuleKey::Takes::pattern}});
    add("index", "keep only the index of that name", names, Reach::none);
    add("function", "keep only the function of that name and argument types", names, Reach::none);
    add("trigger", "keep only the trigger of that name", names, Reach::none);
    add("section", "keep only the section: pre-data, data or post-data", {{"name", "SECTION"}}, Reach::none);
    add("data-only", "keep only the data", {}, Reach::none);
    add("schema-only", "keep only definitions", {}, Reach::none);
    add("statistics-only", "keep only optimizer statistics", {}, Reach::none);
    add("no-data", "drop the data", {}, Reach::none);
    add("no-schema", "drop all definitions", {}, Reach::none);
    add("strict-names", "refuse names to keep that the archive does not have", {}, Reach::none);
    add("use-list", "keep only the entries of these dump IDs, in this order", {{"entry", "DUMPID"}});
}

}  // namespace pgfilter
