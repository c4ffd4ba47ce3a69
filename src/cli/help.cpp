// SPDX-License-Identifier: PostgreSQL
#include "cli/help.hpp"

#include <algorithm>
#include <utility>

#include "cli/json_writer.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/plugin.h"
#include "pgfilter/rules.hpp"
#include "pgfilter/version.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter::cli {

std::string rules_as_text(const Options& options, const RuleRegistry& registry) {
    check_rules(options.rules, registry);
    std::string text;
    bool of_target = true;
    const bool mixed = std::any_of(options.rules.begin(), options.rules.end(),
                                   [](const RuleSpec& rule) { return !rule.of_target; });
    for (const RuleSpec& rule : options.rules) {
        if (!std::exchange(of_target, rule.of_target) && of_target && !rule.comment.starts_with('\n'))
            text += '\n';
        if (rule.of_target) text += rule.comment;  // the facts that an edited file should keep
        text += write_rule(rule, registry, mixed && rule.of_target);
    }
    return text + options.last_comment;
}

std::string list_of_rules(const RuleRegistry& registry) {
    std::string text;
    for (const RuleInfo* const rule : registry.all()) {
        text += rule->name;
        for (const RuleKey& key : rule->keys)
            text += " " + (key.name.empty() ? "OLD" : key.name) + "=" + key.value;
        text += "\n    " + rule->summary + "\n";
    }
    return text;
}

std::string json_list_of_rules(const RuleRegistry& registry) {
    MemorySink sink;
    JsonWriter json(sink);
    json.begin_list("rules");
    for (const RuleInfo* const rule : registry.all()) {
        json.begin_object();
        json.members({{"name", rule->name}});
        json.list("aliases", rule->aliases);
        json.members({{"summary", rule->summary}});
        json.begin_list("arguments");
        for (const RuleKey& key : rule->keys)
            json.object(
                {{"key", or_null(key.name)}, {"value", key.value}, {"key_is_required", key.is_required}});
        json.end();
        json.end();
    }
    json.end();
    json.end();
    return sink.bytes();
}

std::string version_text() {
    std::string text = std::string("pgfilter ") + version() + "\n";
    text.append("archive versions: ").append(readable_versions).append("\n");
    text +=
        "compression of data: none, gzip, lz4, zstd\n"
        "wrapped archives: gzip, bzip2, xz, zstd, lz4\n";
    text.append("plug-ins: interface ").append(std::to_string(PGFILTER_PLUGIN_ABI)).append("\n");
    const char* separator = "libraries: ";
    for (const std::string& library : compression_libraries())
        text.append(std::exchange(separator, ", ")).append(library);
    return text + "\n";
}

std::string short_usage() {
    return "usage: pgfilter [OPTION]... [FILE]\n"
           "e.g.:  pg_dump -Fc prod | pgfilter -O -x | pg_restore -d staging\n"
           "Try \"pgfilter --help\" for more information.\n";
}

}  // namespace pgfilter::cli
