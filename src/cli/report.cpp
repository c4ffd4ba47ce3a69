#include "cli/report.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace pgfilter::cli {
namespace {

constexpr std::array<std::pair<Field, const char*>, 5> reported_fields{{
    {Field::owner, "owner"},
    {Field::tablespace, "tablespace"},
    {Field::tag, "tag"},
    {Field::defn, "definition"},
    {Field::drop_stmt, "drop statement"},
}};

std::string plural(std::size_t count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

// In single quotes on one line; control characters, which could steer a terminal, as escapes.
std::string visible(Text text) {
    if (!text) return "NULL";
    constexpr const char* digits = "0123456789abcdef";
    std::string result = "'";
    for (const char c : *text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            result += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            result += std::string("\\x") + digits[byte >> 4] + digits[byte & 15];
        } else {
            result += c;
        }
    }
    return result += '\'';
}

// The lines in which two texts differ, from the first to the last.
std::pair<Bytes, Bytes> differing_lines(Bytes a, Bytes b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t front = 0;
    while (front < shorter && a[front] == b[front]) ++front;
    while (front > 0 && a[front - 1] != '\n') --front;
    a.remove_prefix(front);
    b.remove_prefix(front);
    std::size_t back = 0;
    while (back < std::min(a.size(), b.size()) && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
    while (back > 0 && a[a.size() - back] != '\n') --back;
    return {a.substr(0, a.size() - back), b.substr(0, b.size() - back)};
}

std::string identity(const TocEntry& entry) {
    const std::string label = entry.label();
    const std::size_t open = label.find('(') + 1;
    return std::to_string(entry.dump_id()) + "; " + label.substr(open, label.size() - 1 - open);
}

std::string editor_name(const Plan& plan, EditorId editor) {
    return editor < plan.reports.size() ? plan.reports[editor].spec.name : "dependencies";
}

std::string describe_changes(const Plan& plan, const TocEntry& entry) {
    std::string text;
    for (const auto& [field, name] : reported_fields) {
        const auto editor = entry.changed_by(field);
        if (!editor) continue;
        const Text before = entry.original_text(field);
        const Text after = entry.text(field);
        text += std::string("    ") + name + ": ";
        if (before && after) {
            const auto [old_lines, new_lines] = differing_lines(*before, *after);
            text += visible(old_lines) + " -> " + visible(new_lines);
        } else {
            text += visible(before) + " -> " + visible(after);
        }
        text += "  [" + editor_name(plan, *editor) + "]\n";
    }
    if (entry.changed_by(Field::dependencies)) text += "    dependencies lead past dropped entries\n";
    return text;
}

std::map<std::size_t, std::string> unhandled_places(const Plan& plan) {
    std::map<std::size_t, std::string> places;
    for (const RuleReport& report : plan.reports) {
        for (const Unhandled& place : report.unhandled) {
            places[place.entry] +=
                "    left as it is: " + visible(report.spec.arguments[place.argument].key) + " occurs " +
                plural(place.count, "time", "times") + " in text that cannot be rewritten  [" +
                report.spec.name + "]\n";
        }
    }
    return places;
}

std::string describe_unhandled(const Plan& plan, const RuleReport& report, std::size_t argument) {
    std::size_t total = 0;
    std::map<std::string, std::size_t> kinds;
    for (const Unhandled& place : report.unhandled) {
        if (place.argument != argument) continue;
        total += place.count;
        ++kinds[std::string(plan.prologue.toc[place.entry].desc())];
    }
    if (total == 0) return {};
    std::string text =
        "; " + plural(total, "mention", "mentions") + " left as is in bodies, expressions or options (";
    bool first = true;
    for (const auto& [kind, entries] : kinds) {
        text += (first ? "" : ", ") + std::to_string(entries) + " " + kind;
        first = false;
    }
    return text + ")";
}

std::string describe_counts(const RuleReport& report) {
    std::string text;
    if (report.dropped > 0) text += plural(report.dropped, "entry", "entries") + " dropped";
    if (report.changed > 0)
        text += (text.empty() ? "" : ", ") + plural(report.changed, "field", "fields") + " changed";
    return text.empty() ? "nothing" : text;
}

std::string mapping_name(const RuleArgument& mapping) {
    return visible(mapping.key) + " = " + visible(mapping.value);
}

}  // namespace

void describe_plan(const Plan& plan, ByteSink& output) {
    const std::map<std::size_t, std::string> unhandled = unhandled_places(plan);
    const Toc& toc = plan.prologue.toc;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const TocEntry& entry = toc[i];
        if (entry.dropped()) {
            output.write("drop " + identity(entry) + "  [" + editor_name(plan, entry.dropped_by()) + "]\n");
            continue;
        }
        const auto left = unhandled.find(i);
        if (!entry.changed() && left == unhandled.end()) continue;
        output.write((entry.changed() ? "change " : "keep ") + identity(entry) + "\n" +
                     describe_changes(plan, entry));
        if (left != unhandled.end()) output.write(left->second);
    }
    output.write("entries: " + std::to_string(toc.size()) + " read, " +
                 std::to_string(toc.size() - toc.dropped_count()) + " would be written\n");
}

std::string describe_rules(const Plan& plan) {
    std::string text;
    for (const RuleReport& report : plan.reports) {
        const auto& arguments = report.spec.arguments;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            text += report.spec.name + " " + mapping_name(arguments[i]) + ": " +
                    plural(report.per_argument[i], "place", "places") + " changed" +
                    describe_unhandled(plan, report, i) + "\n";
        }
        if (!arguments.empty()) continue;
        text += report.spec.name + ": " + describe_counts(report) + "\n";
    }
    if (plan.bridged > 0)
        text +=
            "dependencies of " + plural(plan.bridged, "entry", "entries") + " lead past dropped entries\n";
    return text;
}

std::string describe_summary(const Summary& summary) {
    return "entries: " + std::to_string(summary.entries_read) + " read, " +
           std::to_string(summary.entries_written) +
           " written; data blocks: " + std::to_string(summary.blocks_read) + " read, " +
           std::to_string(summary.blocks_written) + " written; bytes: " + std::to_string(summary.bytes_read) +
           " read, " + std::to_string(summary.bytes_written) + " written\n";
}

std::vector<std::string> unmatched_rules(const Plan& plan) {
    std::vector<std::string> lines;
    for (const RuleReport& report : plan.reports) {
        const auto& arguments = report.spec.arguments;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            if (report.per_argument[i] == 0)
                lines.push_back(
                    report.spec.name + " " + mapping_name(arguments[i]) +
                    " matched nothing: the archive names no such role (upper and lower case differ)");
        }
        if (arguments.empty() && report.dropped + report.changed == 0)
            lines.push_back(report.spec.name + " matched nothing");
    }
    return lines;
}

}  // namespace pgfilter::cli
