// The family "select": pg_restore's own selection of entries (18), so that what is dropped here is what
// pg_restore with these options would not restore.
#include <string_view>
#include <utility>

#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/list_order.hpp"
#include "rules/selection.hpp"

namespace pgfilter {
namespace {

constexpr const char* data_only = "data-only";
constexpr const char* schema_only = "schema-only";
constexpr const char* statistics_only = "statistics-only";

const RuleSpec* find_spec(std::span<const RuleSpec> specs, std::string_view name) {
    for (const RuleSpec& spec : specs) {
        if (spec.name == name) return &spec;
    }
    return nullptr;
}

void check_contradictions(std::span<const RuleSpec> specs) {
    struct Pair {
        const char* one;
        const char* other;
        const char* options;
    };
    constexpr std::array<Pair, 5> pairs{{
        {data_only, schema_only, "-s/--schema-only and -a/--data-only"},
        {schema_only, statistics_only, "-s/--schema-only and --statistics-only"},
        {data_only, statistics_only, "-a/--data-only and --statistics-only"},
        {data_only, "no-data", "-a/--data-only and --no-data"},
        {schema_only, "no-schema", "-s/--schema-only and --no-schema"},
    }};
    for (const Pair& pair : pairs) {
        if (find_spec(specs, pair.one) != nullptr && find_spec(specs, pair.other) != nullptr)
            throw Error(ErrorCode::usage,
                        std::string("options ") + pair.options + " cannot be used together");
    }
}

Section parse_section(const std::string& name) {
    if (name == "pre-data") return Section::pre_data;
    if (name == "data") return Section::data;
    if (name == "post-data") return Section::post_data;
    throw Error(ErrorCode::usage,
                "unrecognized section name: \"" + name + "\"; there are pre-data, data and post-data");
}

/// Where the specs of the family go, by the names of their rules.
SelectedNames* names_of(SelectionOptions& options, std::string_view rule) {
    if (rule == "schema") return &options.schemas;
    if (rule == "exclude-schema") return &options.excluded_schemas;
    if (rule == "table") return &options.tables;
    if (rule == "index") return &options.indexes;
    if (rule == "function") return &options.functions;
    return rule == "trigger" ? &options.triggers : nullptr;
}

}  // namespace

SelectionOptions::SelectionOptions(std::span<const RuleSpec> specs) {
    check_contradictions(specs);
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const RuleSpec& spec = specs[i];
        if (SelectedNames* const names = names_of(*this, spec.name)) names->add(spec, i);
        if (spec.name == "section") {
            if (spec.arguments.empty()) throw Error(ErrorCode::usage, "section needs a name");
            for (const RuleArgument& argument : spec.arguments)
                sections[static_cast<std::size_t>(parse_section(argument.value))] = true;
            section_specs.push_back(i);
        }
        const auto is = [&](std::string_view name) { return spec.name == name; };
        if (is(data_only) || is(statistics_only) || is("no-schema")) no_schema.push_back(i);
        if (is(schema_only) || is(statistics_only) || is("no-data")) no_data.push_back(i);
        if (is(data_only) || is(schema_only)) no_statistics.push_back(i);
        if (is("strict-names")) strict_names.push_back(i);
        if (is("use-list") && std::exchange(use_list, i))
            throw Error(ErrorCode::usage, "use-list is given twice");
    }
}

namespace {

class Select final : public Rule {
public:
    explicit Select(std::span<const RuleSpec> specs) : specs_(specs.begin(), specs.end()), options_(specs) {}

    void apply(RuleContext& context) override {
        context.place_copies();
        const Toc& toc = context.toc();
        ListOrder list;
        if (options_.use_list) {
            list = order_by_list(toc, specs_[*options_.use_list].arguments);
        } else {
            for (std::size_t place = 0; place < toc.size(); ++place)
                list.order.push_back(static_cast<std::uint32_t>(toc.at(place)));
        }
        Selector selector(options_, toc, options_.use_list ? &list.listed : nullptr);
        for (const std::uint32_t index : list.order) selector.decide(index);
        if (!options_.strict_names.empty()) check_names();
        const std::vector<bool> looked_up = find_looked_up(toc, selector);
        for (std::size_t i = 0; i < toc.size(); ++i) carry_out(context, i, selector.verdict(i), looked_up[i]);
        report(context, selector, list);
        if (!options_.use_list) return;
        check_order_of_data(toc, list.order);
        context.set_order(std::move(list.order));
    }

private:
    /// The entries in which pg_restore will look for the OIDs that kept privileges of several large objects
    /// are for.  It would crash if they were not there.
    static std::vector<bool> find_looked_up(const Toc& toc, const Selector& selector) {
        std::vector<bool> looked_up(toc.size());
        for (std::size_t i = 0; i < toc.size(); ++i) {
            const TocEntry& entry = toc[i];
            if (selector.verdict(i).components == 0 || entry.desc() != "ACL") continue;
            if (!entry.tag().starts_with("LARGE OBJECTS")) continue;
            const std::vector<DumpId> ids = entry.dependencies();
            const auto index = ids.empty() ? std::nullopt : toc.find(ids.front());
            if (index && toc[*index].desc() == "BLOB METADATA" && !toc[*index].has_data())
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
        const Text nothing = context.header().layout.version.minor >= 14 ? Text() : Text("");
        context.set_text(entry, Field::defn, nothing, verdict.cause);
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
    }

    void report(RuleContext& context, const Selector& selector, const ListOrder& list) const {
        for (const SelectedNames* names : {&options_.schemas, &options_.excluded_schemas, &options_.tables,
                                           &options_.indexes, &options_.functions, &options_.triggers})
            names->report(context);
        for (std::size_t i = 0; i < list.valid.size(); ++i)
            context.matched_argument(i, list.valid[i] ? 1 : 0, *options_.use_list);
        for (const std::size_t spec : options_.section_specs) {
            const auto& arguments = specs_[spec].arguments;
            for (std::size_t i = 0; i < arguments.size(); ++i)
                context.matched_argument(i, selector.found_in(parse_section(arguments[i].value)), spec);
        }
        for (const std::size_t spec : options_.strict_names) context.matches_nothing_by_itself(spec);
        for (const std::size_t spec : options_.repetitions()) context.matches_nothing_by_itself(spec);
    }

    std::vector<RuleSpec> specs_;
    SelectionOptions options_;
};

}  // namespace

void add_selection_rules(RuleRegistry& registry) {
    const auto add = [&](const char* name, const char* summary, std::vector<RuleKey> keys) {
        registry.add({name, summary, std::move(keys), "select"},
                     [](std::span<const RuleSpec> specs) { return std::make_unique<Select>(specs); });
    };
    const std::vector<RuleKey> names{{"name", "NAME"}};
    add("schema", "keep only what is in the schema of that name", names);
    add("exclude-schema", "drop what is in the schema of that name", names);
    add("table", "keep only the table, view or sequence of that name, with its data", names);
    add("index", "keep only the index of that name", names);
    add("function", "keep only the function of that name and argument types", names);
    add("trigger", "keep only the trigger of that name", names);
    add("section", "keep only the section: pre-data, data or post-data", {{"name", "SECTION"}});
    add(data_only, "keep only the data", {});
    add(schema_only, "keep only definitions", {});
    add(statistics_only, "keep only optimizer statistics", {});
    add("no-data", "drop the data", {});
    add("no-schema", "drop all definitions", {});
    add("strict-names", "refuse names to keep that the archive does not have", {});
    add("use-list", "keep only the entries of these dump IDs, in this order", {{"entry", "DUMPID"}});
}

}  // namespace pgfilter
