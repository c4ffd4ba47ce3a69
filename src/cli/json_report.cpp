// SPDX-License-Identifier: PostgreSQL
#include "cli/json_report.hpp"

#include <array>
#include <utility>

#include "cli/needs_report.hpp"
#include "pgfilter/lost_rows.hpp"
#include "pgfilter/version.hpp"
#include "report/totals.hpp"

namespace pgfilter::cli {
namespace {

std::string version_text(const ArchiveVersion& version) {
    return std::string("1.")
        .append(std::to_string(version.minor))
        .append(".")
        .append(std::to_string(version.revision));
}

const char* route_name(Consequence::Route route) {
    constexpr std::array names{"belongs", "uses", "references", "holds_values"};
    return names.at(static_cast<std::size_t>(route));
}

const char* action_name(EntryAction action) {
    constexpr std::array names{"keep", "change", "add", "drop"};
    return names.at(static_cast<std::size_t>(action));
}

class ReportWriter {
public:
    ReportWriter(const Plan& plan, ByteSink& output) : plan_(plan), json_(output) {}

    void write(const Summary* summary) {
        write_program(json_);
        write_archive(plan_.prologue, json_);
        json_.begin_list("entries");
        visit_as_written(plan_, [&](const PlannedEntry& planned) { write_entry(planned); });
        json_.end();
        write_rules();
        write_kinds();
        write_lost_rows(plan_, json_);
        json_.members({{"bridged", plan_.bridged}});
        write_needs(plan_.prologue, json_);
        if (summary != nullptr) write_data(*summary);
        json_.end();
    }

private:
    void write_entry(const PlannedEntry& planned) {
        count_kind(kinds_, planned);
        bool is_told = planned.action() != EntryAction::keep;
        if (is_told) write_told(planned);
        // Place by place, for a text can mention every role there is.
        bool has_places = false;
        planned.for_each_unhandled([&](const Unhandled& place) {
            if (!std::exchange(is_told, true)) write_told(planned);
            if (!std::exchange(has_places, true)) json_.begin_list("unhandled");
            unhandled_.add(planned, place);
            write_place(place);
        });
        if (has_places) json_.end();
        if (is_told) json_.end();
    }

    /// Its end is not written.
    void write_told(const PlannedEntry& planned) {
        json_.begin_object();
        write_identity(planned.entry(), json_);
        const EntryAction action = planned.action();
        json_.members({{"action", action_name(action)}});
        if (action == EntryAction::drop || action == EntryAction::add)
            json_.members({{"rule", planned.rule()}});
        if (const Consequence* const reason = planned.consequence())
            json_.members({{"route", route_name(reason->route)},
                           {"cause", plan_.prologue.toc[reason->cause].dump_id()}});
        if (action == EntryAction::drop || !planned.entry().changed()) return;
        write_redacted(planned);
        json_.begin_list("changes");
        planned.for_each_change([&](const FieldChange& change) {
            json_.object({{"field", change.reported.key},
                          {"rule", change.rule},
                          {"old", change.is_secret ? Text() : change.before},
                          {"new", change.after}});
        });
        write_other_changes(planned);
        json_.end();
    }

    void write_redacted(const PlannedEntry& planned) {
        bool any = false;
        planned.for_each_redacted([&](const std::string& name) {
            if (!std::exchange(any, true)) json_.begin_list("redacted");
            json_.value(name);
        });
        if (any) json_.end();
    }

    void write_other_changes(const PlannedEntry& planned) {
        if (planned.loses_data())
            json_.object({{"field", "data"},
                          {"rule", planned.changed_by(Field::had_dumper)},
                          {"old", "kept"},
                          {"new", "dropped"}});
        if (!planned.depends_otherwise()) return;
        json_.begin_object();
        json_.members({{"field", "dependencies"}, {"rule", planned.changed_by(Field::dependencies)}});
        json_.list("old", planned.entry().original_dependencies());
        json_.list("new", planned.entry().dependencies());
        json_.end();
    }

    void write_place(const Unhandled& place) {
        json_.begin_object();
        json_.members({{"rule", place.spec}, {"count", place.count}, {"reason", place.reason}});
        if (place.argument) json_.members({{"argument", *place.argument}});
        if (!place.name.empty()) json_.members({{"name", place.name}});
        json_.end();
    }

    void write_rules() {
        json_.begin_list("rules");
        for (std::size_t i = 0; i < plan_.reports.size(); ++i) write_rule(plan_.reports[i], i);
        json_.end();
    }

    void write_rule(const RuleReport& report, std::size_t number) {
        json_.begin_object();
        json_.members({{"rule", report.spec.name},
                       {"origin", or_null(report.spec.origin)},
                       {"because", or_null(report.spec.because)}});
        json_.begin_list("arguments");
        for (std::size_t i = 0; i < report.spec.arguments.size(); ++i) {
            const RuleArgument& argument = report.spec.arguments[i];
            json_.object(
                {{"key", argument.key}, {"value", argument.value}, {"places", report.per_argument[i]}});
        }
        json_.end();
        json_.members({{"dropped", report.dropped},
                       {"changed", report.changed},
                       {"unhandled", unhandled_.places_of(number)},
                       {"matched", !report.matched_nothing()}});
        json_.end();
    }

    void write_kinds() {
        json_.begin_list("kinds");
        for (const auto& [kind, counts] : kinds_)
            json_.object({{"kind", kind},
                          {"read", counts.read},
                          {"dropped", counts.dropped},
                          {"changed", counts.changed},
                          {"added", counts.added}});
        json_.end();
    }

    void write_data(const Summary& summary) {
        json_.object("data", {{"blocks_read", summary.blocks_read},
                              {"blocks_written", summary.blocks_written},
                              {"bytes_read", summary.data_read},
                              {"bytes_dropped", summary.data_read - summary.data_written},
                              {"archive_bytes_read", summary.bytes_read},
                              {"archive_bytes_written", summary.bytes_written}});
    }

    const Plan& plan_;
    JsonWriter json_;
    UnhandledTotals unhandled_;
    KindTotals kinds_;
};

}  // namespace

void write_program(JsonWriter& json) {
    json.members({{"program", std::string("pgfilter ") + version()}});
}

void write_archive(const Prologue& prologue, JsonWriter& json) {
    const Header& header = prologue.header;
    const Toc& toc = prologue.toc;
    json.object("archive", {{"format_version", version_text(header.layout.version)},
                            {"database", header.database},
                            {"server_version", header.server_version},
                            {"pg_dump_version", header.dump_version},
                            {"entries_read", toc.read_size()},
                            {"entries_written", toc.size() - toc.dropped_count()}});
}

void write_identity(const TocEntry& entry, JsonWriter& json) {
    json.members({{"dump_id", entry.dump_id()},
                  {"kind", entry.desc()},
                  {"schema", entry.namespace_()},
                  {"name", entry.tag()}});
}

void write_json_report(const Plan& plan, const Summary* summary, ByteSink& output) {
    ReportWriter(plan, output).write(summary);
}

void write_lost_rows(const Plan& plan, JsonWriter& json) {
    const Toc& toc = plan.prologue.toc;
    json.begin_list("rows_lost");
    find_lost_rows(plan, [&](const LostRows& lost) {
        const auto& reason = lost.reason;
        json.object({{"dump_id", toc[lost.data].dump_id()},
                     {"schema", toc[lost.data].namespace_()},
                     {"name", toc[lost.data].tag()},
                     {"rule", lost.spec},
                     {"route", reason ? Text(route_name(reason->route)) : Text()},
                     {"cause", reason ? std::optional(toc[reason->cause].dump_id()) : std::nullopt}});
    });
    json.end();
}

}  // namespace pgfilter::cli
