// SPDX-License-Identifier: PostgreSQL
#include "cli/needs_report.hpp"

#include <array>
#include <utility>

#include "cli/plural.hpp"
#include "cli/visible_text.hpp"
#include "pgfilter/needs.hpp"

namespace pgfilter::cli {
namespace {

struct NamesNeeded {
    Needs::Kind kind;
    const char* heading;  ///< for people
    const char* key;      ///< for programs
};

using Kind = Needs::Kind;
constexpr NamesNeeded needed_roles{Kind::roles, "roles", "roles"};
/// After the extensions, which have a schema and a version.
constexpr std::array<NamesNeeded, 12> needed_others{{
    {Kind::schemas, "schemas", "schemas"},
    {Kind::tables, "tables, views and sequences", "tables"},
    {Kind::types, "types", "types"},
    {Kind::functions, "functions", "functions"},
    {Kind::tablespaces, "tablespaces", "tablespaces"},
    {Kind::access_methods, "access methods", "access_methods"},
    {Kind::languages, "languages", "languages"},
    {Kind::label_providers, "security label providers", "security_label_providers"},
    {Kind::libraries, "C libraries", "libraries"},
    {Kind::collations, "collations", "collations"},
    {Kind::locales, "locales", "locales"},
    {Kind::icu_locales, "ICU locales", "icu_locales"},
}};

void describe_names(const Needs& needs, const NamesNeeded& names, ByteSink& output) {
    bool first = true;
    needs.for_each(names.kind, [&](Bytes name, std::size_t entries) {
        if (std::exchange(first, false)) output.write(std::string(names.heading) + ":\n");
        output.write("  " + visible(name) + "  (" + plural(entries, "entry", "entries") + ")\n");
    });
}

void describe_extensions(const Needs& needs, ByteSink& output) {
    bool first = true;
    needs.for_each_extension([&](const Needs::Extension& extension) {
        if (std::exchange(first, false)) output.write("extensions:\n");
        output.write("  " + visible(extension.name) +
                     (extension.schema.empty() ? "" : " in schema " + visible(extension.schema)) +
                     (extension.version.empty() ? "" : ", version " + visible(extension.version)) + "\n");
    });
}

void write_names(const Needs& needs, const NamesNeeded& names, JsonWriter& json) {
    json.begin_list(names.key);
    needs.for_each(names.kind, [&](Bytes name, std::size_t entries) {
        json.object({{"name", name}, {"entries", entries}});
    });
    json.end();
}

void write_extensions(const Needs& needs, JsonWriter& json) {
    json.begin_list("extensions");
    needs.for_each_extension([&](const Needs::Extension& extension) {
        json.object({{"name", extension.name},
                     {"schema", or_null(extension.schema)},
                     {"version", or_null(extension.version)}});
    });
    json.end();
}

}  // namespace

void describe_needs(const Plan& plan, ByteSink& output) {
    const Needs needs(plan.prologue);
    describe_names(needs, needed_roles, output);
    describe_extensions(needs, output);
    for (const NamesNeeded& names : needed_others) describe_names(needs, names, output);
    const Needs::Oldest oldest = needs.oldest();
    std::string text = "PostgreSQL " + oldest.version + " or later";
    const char* before = ", or a minor release from ";
    for (const std::string& release : oldest.patched)
        text.append(std::exchange(before, ", ")).append(release).append(" on");
    if (!oldest.because.empty()) text.append(": ").append(oldest.because);
    output.write(text + "\n");
}

void write_needs(const Prologue& prologue, JsonWriter& json) {
    const Needs needs(prologue);
    json.begin_object("needs");
    write_names(needs, needed_roles, json);
    write_extensions(needs, json);
    for (const NamesNeeded& names : needed_others) write_names(needs, names, json);
    const Needs::Oldest oldest = needs.oldest();
    json.members({{"oldest_version", oldest.version}});
    json.list("oldest_version_patched", oldest.patched);
    json.members({{"oldest_version_because", or_null(oldest.because)}});
    json.end();
}

void write_json_needs(const Plan& plan, ByteSink& output) {
    JsonWriter json(output);
    write_needs(plan.prologue, json);
    json.end();
}

}  // namespace pgfilter::cli
