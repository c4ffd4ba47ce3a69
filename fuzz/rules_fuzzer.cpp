// SPDX-License-Identifier: PostgreSQL
// What rules do to any archive: refuse with an Error, or write an archive that is read again, with the bytes
// of the blocks that are kept, and nothing left for the same rules to change.
//
// The input is lines of rules with an archive behind them, which begins at the first "PGDMP".
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "archive_mutator.hpp"
#include "block_collector.hpp"
#include "builtin_rules.hpp"
#include "cli/json_report.hpp"
#include "cli/listing.hpp"
#include "cli/needs_report.hpp"
#include "cli/plan_report.hpp"
#include "cli/report.hpp"
#include "cli/unhandled_report.hpp"
#include "fuzz_target.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"

namespace {

using namespace pgfilter;

std::map<DumpId, std::string> blocks_of(Bytes archive) {
    MemorySource source(archive);
    const Prologue prologue = read_prologue(source);
    BlockCollector collector(prologue.toc);
    read_blocks(source, prologue, collector);
    return collector.blocks();
}

template <class Write>
void write_json(Write write) {
    MemorySink sink;
    write(sink);
    require(nlohmann::json::accept(sink.bytes()));
}

/// All that can be said about a plan.
void describe(const Plan& plan, const Summary* summary) {
    MemorySink text;
    cli::describe_plan(plan, text);
    cli::describe_rules(plan);
    cli::unmatched_rules(plan);
    cli::unhandled_places(plan, true);
    cli::unhandled_places(plan, false);
    cli::describe_needs(plan, text);
    cli::write_listing(plan, false, text);
    cli::write_listing(plan, true, text);
    write_json([&](ByteSink& sink) { cli::write_json_report(plan, summary, sink); });
    write_json([&](ByteSink& sink) { cli::write_json_listing(plan, sink); });
    write_json([&](ByteSink& sink) { cli::write_json_needs(plan, sink); });
}

struct Outcome {
    std::string bytes;
    // Dependencies of these lead past dropped entries:
    bool data_inherits = false;
    bool attachment_inherits = false;
    // Of data, that is called otherwise than the table it depends on:
    bool data_is_misnamed = false;
};

bool any_inherits(const Toc& toc, EntryKinds kinds) {
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const TocEntry& entry = toc[i];
        if (!entry.dropped() && kinds.has(entry.kind()) && entry.changed_by(Field::dependencies)) return true;
    }
    return false;
}

bool any_misnamed(const Toc& toc, EntryKinds kinds) {
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (!kinds.has(toc[i].kind())) continue;
        for (const DumpId id : toc[i].original_dependencies()) {
            const auto index = toc.find(id);
            if (index && toc[*index].original_text(Field::tag) != toc[i].original_text(Field::tag))
                return true;
        }
    }
    return false;
}

/// What is written, of archives that are one as a whole.  Throws what plan and execution throw.
Outcome write_with(const std::vector<RuleSpec>& rules, Bytes archive) {
    MemorySource source(archive);
    MemorySink sink;
    const Plan plan = make_plan({rules, {}, {}}, builtin_rules(), source);
    describe(plan, nullptr);
    const Summary summary = execute(plan, source, sink);
    describe(plan, &summary);
    if (!summary.rewritten) require(sink.bytes() == archive);
    const auto nothing_done = [](const RuleReport& report) { return report.dropped + report.changed == 0; };
    if (summary.rewritten && std::all_of(plan.reports.begin(), plan.reports.end(), nothing_done))
        require(
            std::any_of(rules.begin(), rules.end(), [](const RuleSpec& r) { return r.name == "use-list"; }));
    constexpr EntryKinds data = EntryKind::table_data | EntryKind::materialized_view_data |
                                EntryKind::sequence_set | EntryKind::statistics_data |
                                EntryKind::extended_statistics_data;
    constexpr EntryKinds attachments = EntryKind::acl | EntryKind::comment | EntryKind::security_label |
                                       EntryKind::statistics_data | EntryKind::extended_statistics_data;
    const Toc& toc = plan.prologue.toc;
    return {sink.bytes(), any_inherits(toc, data), any_inherits(toc, attachments), any_misnamed(toc, data)};
}

void check_blocks(Bytes input, Bytes output) {
    const std::map<DumpId, std::string> before = blocks_of(input);
    for (const auto& [id, bytes] : blocks_of(output)) {
        const auto same = before.find(id);
        require(same != before.end() && same->second == bytes);
    }
}

/// Whether the rules once more may find the archive changed by themselves: mappings can be chains, and names
/// that were there and dump IDs of a list may be gone.
bool may_differ(const RuleSpec& rule) {
    for (const char* const name : {"map-role", "map-tablespace", "use-list", "strict-names"}) {
        if (rule.name == name) return true;
    }
    return false;
}

/// Tables whose data goes are found again.  Data belongs to what it depends on: where a mutant's data depends
/// on what is dropped, as pg_dump's never does, it inherits dependencies, and belongs to more than before.
bool excludes_data(const RuleSpec& rule) {
    return rule.name.starts_with("exclude-table-data");
}

/// Data is found by its own name only once its table has gone.
bool excludes_tables(const RuleSpec& rule) {
    return rule.name.starts_with("exclude-table");
}

bool selects(const RuleSpec& rule) {
    return builtin_rules().find(rule.name)->family == "select";
}

/// What is attached is found by what it depends on.  Where another rule drops that and leaves it, as no-kind
/// does, nothing is left to find it by.
bool finds_attachments(const RuleSpec& rule) {
    return selects(rule) || rule.name == "no-system-privileges";
}

/// Selections find parts of tables by definitions that data-only and its like leave out.
bool selects_beside_parts(const std::vector<RuleSpec>& rules) {
    const auto leaves_parts_out = [](const RuleSpec& rule) {
        return rule.arguments.empty() && builtin_rules().find(rule.name)->reach != Reach::object;
    };
    return std::any_of(rules.begin(), rules.end(), selects) &&
           std::any_of(rules.begin(), rules.end(), leaves_parts_out);
}

/// A role that takes over ownership can be one that goes, if rules come in that order once more.
bool gives_to_removed_roles(const std::vector<RuleSpec>& rules) {
    const auto has = [&](const char* name) {
        return std::any_of(rules.begin(), rules.end(),
                           [&](const RuleSpec& rule) { return rule.name == name; });
    };
    return has("set-owner") && (has("keep-roles") || has("drop-role"));
}

void check_twice(const std::vector<RuleSpec>& rules, const Outcome& output) {
    if (std::any_of(rules.begin(), rules.end(), may_differ) || gives_to_removed_roles(rules) ||
        selects_beside_parts(rules))
        return;
    if (output.data_inherits && std::any_of(rules.begin(), rules.end(), excludes_data)) return;
    if (output.data_is_misnamed && std::any_of(rules.begin(), rules.end(), excludes_tables)) return;
    if (output.attachment_inherits && std::any_of(rules.begin(), rules.end(), finds_attachments)) return;
    try {
        require(write_with(rules, output.bytes).bytes == output.bytes);
    } catch (const Error& error) {
        // What was selected can be gone, and nothing to be selected is refused.
        require(error.code() == ErrorCode::usage &&
                error.message().find("no matching ") != std::string::npos);
    }
}

/// Nothing if the input is refused.
std::optional<Outcome> filter(const std::vector<RuleSpec>& rules, Bytes archive) try {
    return write_with(rules, archive);
} catch (const Error&) {
    return std::nullopt;
}

std::optional<std::vector<RuleSpec>> read_rules(Bytes text) try {
    constexpr std::size_t most = 20;
    std::vector<RuleSpec> rules = parse_rules(text, "rules", builtin_rules());
    return rules.size() > most ? std::nullopt : std::optional(std::move(rules));
} catch (const Error&) {
    return std::nullopt;
}

/// Names of the rules that were applied to an archive.
std::set<std::string>& tried_rules() {
    static std::set<std::string> names;
    return names;
}

/// Often one that was not tried yet: a few thousand mutants have to reach all of them.
const RuleInfo& pick_rule(Random& random) {
    const std::vector<const RuleInfo*> all = builtin_rules().all();
    std::vector<const RuleInfo*> untried;
    for (const RuleInfo* const info : all) {
        if (!tried_rules().contains(info->name)) untried.push_back(info);
    }
    return *random.pick(untried.empty() || random.one_in(2) ? all : untried);
}

/// A rule of any name, with arguments that often name something in the archive.
std::string random_rule(Bytes archive, Random& random) {
    const RuleInfo& info = pick_rule(random);
    RuleSpec rule{info.name, {}};
    for (std::size_t left = info.keys.empty() ? 0 : random.below(3); left > 0; --left) {
        const RuleKey& key = random.pick(info.keys);
        const auto name = [&] {
            const std::string text = text_of_archive(archive, random);
            return random.one_in(4) ? mutate_bytes(text, text.size() + 8, random) : text;
        };
        rule.arguments.push_back({key.name.empty() ? name() : key.name, name()});
    }
    return write_rule(rule, builtin_rules());
}

std::string mutate_rules(Bytes rules, Bytes archive, Random& random) {
    std::string text(rules);
    const std::size_t line = text.rfind('\n', random.below(text.size() + 1));
    const std::size_t begin = line == std::string::npos ? 0 : line + 1;
    switch (random.below(4)) {
        case 0:  // one rule less
            return text.erase(begin, text.find('\n', begin) - begin + 1);
        case 1:
            return mutate_bytes(text, text.size() + 64, random);
        default:
            return text.insert(begin, random_rule(archive, random));
    }
}

}  // namespace

std::string fuzz_mutate(Bytes input, std::size_t most, Random& random) {
    const std::size_t begin = input.find("PGDMP");
    if (begin == Bytes::npos) return mutate_bytes(input, most, random);
    const Bytes rules = input.substr(0, begin);
    const Bytes archive = input.substr(begin);
    if (random.one_in(3))
        return (mutate_rules(rules, archive, random) + std::string(archive)).substr(0, most);
    return std::string(rules) + mutate_archive(archive, most - rules.size(), random);
}

std::string fuzz_untried() {
    std::string names;
    for (const RuleInfo* const info : builtin_rules().all()) {
        if (!tried_rules().contains(info->name)) names += " " + info->name;
    }
    return names;
}

bool fuzz_one(Bytes input) {
    const std::size_t begin = input.find("PGDMP");
    if (begin == Bytes::npos) return false;
    const auto rules = read_rules(input.substr(0, begin));
    if (!rules) return false;
    const Bytes archive = input.substr(begin);
    const std::optional<Outcome> output = filter(*rules, archive);
    if (!output) return false;
    check_blocks(archive, output->bytes);
    check_twice(*rules, *output);
    for (const RuleSpec& rule : *rules) tried_rules().insert(rule.name);
    return true;
}
