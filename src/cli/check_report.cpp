#include "cli/check_report.hpp"

#include <array>
#include <string>
#include <utility>

#include "cli/json_report.hpp"
#include "cli/plural.hpp"
#include "pgfilter/version.hpp"

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
    /// Notes that are not true of every archive are told, too.
    [[nodiscard]] bool is_told(const FindingInfo& info) const {
        return info.severity == Severity::error || options_.verbose ||
               (!options_.quiet &&
                (info.severity == Severity::warning || info.kind == FindingKind::extension_rows));
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

Json or_null(const std::optional<std::uint64_t>& number) {
    return number ? Json(*number) : Json(nullptr);
}

void write_finding(const Finding& finding, ByteSink& output) {
    const FindingInfo& info = info_of(finding.kind);
    JsonObject object(output);
    object.value("severity", name_of(info.severity));
    object.value("kind", info.name);
    object.value("dangerous", info.dangerous);
    object.text("message", finding.message);
    object.value("offset", or_null(finding.offset));
    object.value("dump_id", finding.dump_id ? Json(*finding.dump_id) : Json(nullptr));
    object.text("entry", finding.entry.empty() ? Text() : Text(finding.entry));
    object.value("in_pg_restore", *info.in_pg_restore == '\0' ? "gives up" : info.in_pg_restore);
    object.close();
}

void write_block(const CheckedBlock& block, const TocEntry& entry, ByteSink& output) {
    const bool is_there = block.state != CheckedBlock::State::missing;
    JsonObject object(output);
    write_identity(entry, object);
    object.value("state", name_of(block.state));
    object.value("offset", is_there ? Json(block.position) : Json(nullptr));
    object.value("stored_bytes", block.stored_bytes);
    object.value("bytes", block.bytes);
    object.value(holds_large_objects(entry) ? "large_objects" : "rows", or_null(block.items));
    object.close();
}

}  // namespace

void describe_check(const CheckReport& report, const CheckReportOptions& options, ByteSink& output) {
    CheckDescriber(report, options, output).describe();
}

void write_json_check(const CheckReport& report, ByteSink& output) {
    const auto part = [&](const char* name, const Json& value) {
        output.write(std::string(",\n\"") + name + "\": " + value.dump());
    };
    output.write("{\"schema_version\": " + std::to_string(schema_version));
    part("program", std::string("pgfilter ") + version);
    part("archive", report.prologue ? archive_json(*report.prologue) : Json(nullptr));
    part("sound", report.sound());
    part("bytes_read", report.bytes_read);
    part("good_bytes", report.good_bytes);
    Json counts;
    for (const Severity severity : {Severity::error, Severity::warning, Severity::note})
        counts[name_of(severity)] = report.count(severity);
    part("counts", counts);
    output.write(",\n\"findings\": [");
    const char* separator = "\n";
    for (const Finding& finding : report.findings) {
        output.write(std::exchange(separator, ",\n"));
        write_finding(finding, output);
    }
    output.write("\n],\n\"data\": [");
    separator = "\n";
    for (const CheckedBlock& block : report.blocks) {
        output.write(std::exchange(separator, ",\n"));
        write_block(block, report.prologue->toc[block.entry], output);
    }
    output.write("\n]}\n");
}

}  // namespace pgfilter::cli
