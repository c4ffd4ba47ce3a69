// SPDX-License-Identifier: PostgreSQL
#include "rules/selection_options.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "pgfilter/error.hpp"
#include "rules/list_order.hpp"

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
                "unrecognized section name: \"" + name + "\"; there are pre-data, data and post-data" +
                    (name.find(',') == std::string::npos ? "" : ", each to be given by itself"));
}

/// Of those that are given.
std::optional<std::size_t> first_of(std::initializer_list<const SelectedNames*> options) {
    std::optional<std::size_t> first;
    for (const SelectedNames* names : options) {
        if (names->given()) first = std::min(first.value_or(names->spec()), names->spec());
    }
    return first;
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
    for (std::size_t i = 0; i < specs.size(); ++i) add(specs[i], i);
}

void SelectionOptions::add(const RuleSpec& spec, std::size_t number) {
    const auto is = [&](std::string_view name) { return spec.name == name; };
    if (SelectedNames* const names = names_of(*this, spec.name)) names->add(spec, number);
    if (is("table-and-children") || is("include-table") || is("include-schema")) dumped.add(spec, number);
    if (is("section")) add_sections(spec, number);
    if (is("use-list")) add_list(spec, number);
    if (is("strict-names")) strict_names.push_back(number);
    if (is(data_only) || is(statistics_only) || is("no-schema")) no_schema.push_back(number);
    if (is(schema_only) || is(statistics_only) || is("no-data")) no_data.push_back(number);
    if (is(data_only) || is(schema_only)) no_statistics.push_back(number);
}

void SelectionOptions::add_sections(const RuleSpec& spec, std::size_t number) {
    if (spec.arguments.empty()) throw Error(ErrorCode::usage, "section needs a name");
    for (std::size_t i = 0; i < spec.arguments.size(); ++i)
        sections.push_back({number, i, parse_section(spec.arguments[i].value)});
}

void SelectionOptions::add_list(const RuleSpec& spec, std::size_t number) {
    if (use_list) throw Error(ErrorCode::usage, "use-list is given twice");
    use_list = number;
    for (const RuleArgument& argument : spec.arguments) list.push_back(parse_list_line(argument.value));
}

std::optional<std::size_t> SelectionOptions::leave_out(Section section) const {
    const auto is_it = [&](const SectionArgument& argument) { return argument.section == section; };
    if (sections.empty() || std::any_of(sections.begin(), sections.end(), is_it)) return std::nullopt;
    return sections.front().spec;
}

// Those that take single objects count last: nothing follows from what they leave out, and nothing is to
// depend on the order of options.
std::optional<std::size_t> SelectionOptions::first_of_kinds() const {
    std::optional<std::size_t> first = first_of({&tables});
    if (dumped.given()) first = std::min(first.value_or(dumped.spec()), dumped.spec());
    return first ? first : first_of({&indexes, &functions, &triggers});
}

std::optional<std::size_t> SelectionOptions::first_selective() const {
    const auto first = first_of({&schemas, &excluded_schemas});
    return first ? first : first_of_kinds();
}

std::vector<std::size_t> SelectionOptions::repetitions() const {
    std::vector<std::size_t> result;
    for (const Causes* causes : {&no_schema, &no_data, &no_statistics}) {
        if (!causes->empty()) result.insert(result.end(), causes->begin() + 1, causes->end());
    }
    return result;
}

}  // namespace pgfilter
