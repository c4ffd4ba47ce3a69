// SPDX-License-Identifier: PostgreSQL
#include "cli/check_report.hpp"

#include <array>
#include <string>

#include "cli/json_report.hpp"
#include "cli/plural.hpp"

namespace pgfilter::cli {
namespace {

const char* name_of(Severity severity) {
    constexpr std::array names{"note", "warning", "error"};
    return names[static_cast<std::size_t>(severity)];
}

const char* name_of(CheckedBlock::State state) {
    constexpr std::array names{"missing", "cut", "damaged", "complete"};
    return names[static_cast<std::size_t>(state)];
}

bool holds_large_objects(const TocEntry& entry) {
    return entry.kind() == EntryKind::blobs;
}

std::string line_of(const Finding& finding) {
    std::string place = finding.entry;
    if (finding.offset)
        place += (place.empty() ? "" : ", ") + std::string("offset ") + std::to_string(*finding.offset);
    return std::string(name_of(finding.severity())) + ": " + place + (place.empty() ? "" : ": ") +
           finding.message + "\n";
}

std::string line_of(const CheckedBlock& block, const TocEntry& entry) {
    std::string line = "  " + entry.label() + ": " + name_of(block.state);
    const bool is_complete = block.state == CheckedBlock::State::complete;
    if (block.state == CheckedBlock::State::missing) return line + "\n";
    line += is_complete ? ", " : ", good up to ";
    if (block.items)
        line += plural(*block.items, holds_large_objects(entry) ? "large object" : "row",
                       holds_large_objects(entry) ? "large objects" : "rows") +
                ", ";
    return line + plural(block.bytes, "byte", "bytes") + "\n";
}

class CheckDescriber {
public:
    CheckDescriber(const CheckReport& report, const CheckReportOptions& options, ByteSink& output)
        : report_(report), options_(options), output_(output) {}

    void describe() {
        if (options_.quiet && report_.sound()) return;
        describe_findings();
        if (report_.prologue) describe_blocks();
        if (report_.good_bytes < report_.bytes_read)
            output_.write("good up to offset " + std::to_string(report_.good_bytes) + ", of " +
                          plural(report_.bytes_read, "byte", "bytes") + " read\n");
        output_.write(verdict());
    }

private:
    [[nodiscard]] bool is_told(const FindingInfo& info) const {
        return info.severity == Severity::error || options_.verbose || (!options_.quiet && !info.is_usual);
    }

    void describe_findings() {
        for (const Finding& finding : report_.findings) {
            if (is_told(info_of(finding.kind))) output_.write(line_of(finding));
        }
        for (std::size_t i = 0; i < report_.counts.size(); ++i) {
            const FindingInfo& info = info_of(static_cast<FindingKind>(i));
            if (report_.counts[i] <= CheckReport::most_of_a_kind || !is_told(info)) continue;
            output_.write(std::string(name_of(info.severity)) + ": " +
                          std::to_string(report_.counts[i] - CheckReport::most_of_a_kind) +
                          " more of the kind " + info.name + "\n");
        }
    }

    void describe_blocks() {
        const auto is_complete = [](const CheckedBlock& block) {
            return block.state == CheckedBlock::State::complete;
        };
        std::size_t complete = 0;
        for (const CheckedBlock& block : report_.blocks) complete += is_complete(block) ? 1U : 0U;
        if (report_.blocks.empty()) return;
        if (complete < report_.blocks.size() || options_.verbose)
            output_.write("data: " + std::to_string(complete) + " of " +
                          plural(report_.blocks.size(), "block", "blocks") + " complete" +
                          (complete < report_.blocks.size() || options_.verbose ? ":" : "") + "\n");
        for (const CheckedBlock& block : report_.blocks) {
            if (options_.verbose || !is_complete(block))
                output_.write(line_of(block, report_.prologue->toc[block.entry]));
        }
    }

    [[nodiscard]] std::string verdict() const {
        const std::uint64_t warnings = report_.count(Severity::warning);
        const std::string warned = warnings == 0 ? "" : plural(warnings, "warning", "warnings");
        if (!report_.sound())
            return "not sound: " + plural(report_.count(Severity::error), "error", "errors") +
                   (warned.empty() ? "" : ", " + warned) + "\n";
        return "sound: " + plural(report_.prologue->toc.size(), "entry", "entries") + ", " +
               plural(report_.blocks.size(), "data block", "data blocks") + ", " +
               plural(report_.bytes_read, "byte", "bytes") + (warned.empty() ? "" : ", " + warned) + "\n";
    }

    const CheckReport& report_;
    const CheckReportOptions& options_;
    ByteSink& output_;
};

void write_finding(const Finding& finding, JsonWriter& json) {
    const FindingInfo& info = info_of(finding.kind);
    json.object({{"severity", name_of(info.severity)},
                 {"kind", info.name},
                 {"dangerous", info.dangerous},
                 {"message", finding.message},
                 {"offset", finding.offset},
                 {"dump_id", finding.dump_id},
                 {"entry", or_null(finding.entry)},
                 {"in_pg_restore", *info.in_pg_restore == '\0' ? "gives up" : info.in_pg_restore}});
}

void write_block(const CheckedBlock& block, const TocEntry& entry, JsonWriter& json) {
    const bool is_there = block.state != CheckedBlock::State::missing;
    json.begin_object();
    write_identity(entry, json);
    json.members({{"state", name_of(block.state)},
                  {"offset", is_there ? std::optional(block.position) : std::nullopt},
                  {"stored_bytes", block.stored_bytes},
                  {"bytes", block.bytes},
                  {holds_large_objects(entry) ? "large_objects" : "rows", block.items}});
    json.end();
}

}  // namespace

void describe_check(const CheckReport& report, const CheckReportOptions& options, ByteSink& output) {
    CheckDescriber(report, options, output).describe();
}

void write_json_check(const CheckReport& report, ByteSink& output) {
    JsonWriter json(output);
    write_program(json);
    report.prologue ? write_archive(*report.prologue, json) : json.members({{"archive", Text()}});
    json.members(
        {{"sound", report.sound()}, {"bytes_read", report.bytes_read}, {"good_bytes", report.good_bytes}});
    json.object("counts", {{name_of(Severity::error), report.count(Severity::error)},
                           {name_of(Severity::warning), report.count(Severity::warning)},
                           {name_of(Severity::note), report.count(Severity::note)}});
    json.begin_list("findings");
    for (const Finding& finding : report.findings) write_finding(finding, json);
    json.end();
    json.begin_list("data");
    for (const CheckedBlock& block : report.blocks)
        write_block(block, report.prologue->toc[block.entry], json);
    json.end();
    json.end();
}

}  // namespace pgfilter::cli
