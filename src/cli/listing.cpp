// SPDX-License-Identifier: PostgreSQL
#include "cli/listing.hpp"

#include <array>
#include <cstdlib>
#include <ctime>

#include "archive/components.hpp"
#include "report/planned_entry.hpp"

namespace pgfilter::cli {
namespace {

/// On one line (sanitize_line in dumputils.c).
void write_on_one_line(Text text, Bytes if_null, ByteSink& output) {
    Bytes rest = text.value_or(if_null);
    for (std::size_t end = 0; (end = rest.find_first_of("\n\r")) != Bytes::npos;) {
        output.write(rest.substr(0, end));
        output.write(" ");
        rest.remove_prefix(end + 1);
    }
    output.write(rest);
}

/// With this machine's time zone, for the archive has none.
std::string describe_time(const CreationTime& created) {
    std::tm time{};
    const auto convert = [&](int is_dst) {
        time = {};
        time.tm_sec = created.second;
        time.tm_min = created.minute;
        time.tm_hour = created.hour;
        time.tm_mday = created.day;
        time.tm_mon = created.month;
        time.tm_year = created.year;
        time.tm_isdst = is_dst;
        return std::mktime(&time);
    };
    std::time_t seconds = convert(created.is_dst);
    if (seconds == -1) seconds = convert(-1);
    std::array<char, 128> text{};
    if (::localtime_r(&seconds, &time) == nullptr ||
        std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %Z", &time) == 0)
        return "[unknown]";
    return text.data();
}

const char* name_of(Compression compression) {
    switch (compression) {
        case Compression::none:
            return "none";
        case Compression::gzip:
            return "gzip";
        case Compression::lz4:
            return "lz4";
        case Compression::zstd:
            return "zstd";
    }
    return "";
}

void write_header(const Header& header, std::size_t entries, ByteSink& output) {
    const Layout& layout = header.layout;
    const auto number = [](unsigned value) { return std::to_string(value); };
    const auto add = [&](Bytes name, const std::string& value) {
        std::string line = "; ";
        output.write(line.append(name).append(value).append("\n"));
    };
    output.write(";\n");
    add("Archive created at ", describe_time(header.created));
    output.write(";     dbname: ");
    write_on_one_line(header.database, "", output);
    output.write("\n");
    add("    TOC Entries: ", std::to_string(entries));
    add("    Compression: ", name_of(header.compression));
    add("    Dump Version: ", number(layout.version.major) + "." + number(layout.version.minor) + "-" +
                                  number(layout.version.revision));
    add("    Format: ", "CUSTOM");
    add("    Integer: ", number(layout.int_size) + " bytes");
    add("    Offset: ", number(layout.offset_size) + " bytes");
    if (header.server_version) add("    Dumped from database version: ", *header.server_version);
    if (header.dump_version) add("    Dumped by pg_dump version: ", *header.dump_version);
    output.write(";\n;\n; Selected TOC Entries:\n;\n");
}

/// As sscanf("%u") reads it.
std::string catalog_number(const TocEntry& entry, Field field) {
    const std::string text(entry.text(field).value_or(""));
    return std::to_string(static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 10)));
}

/// To pg_restore, too, -O does not change what the archive says of owners.
Text listed_owner(const Plan& plan, const PlannedEntry& planned) {
    const auto rule = planned.changed_by(Field::owner);
    const bool is_left_out = rule && plan.reports[*rule].spec.name == "no-owner";
    return is_left_out ? planned.entry().original_text(Field::owner) : planned.entry().owner();
}

void write_entry(const Plan& plan, const PlannedEntry& planned, ByteSink& output) {
    const TocEntry& entry = planned.entry();
    std::string numbers = std::to_string(entry.dump_id()) + "; ";
    numbers.append(catalog_number(entry, Field::table_oid)).append(" ");
    output.write(numbers.append(catalog_number(entry, Field::oid)).append(" "));
    output.write(entry.desc());
    output.write(" ");
    write_on_one_line(entry.namespace_(), "-", output);
    output.write(" ");
    write_on_one_line(entry.tag(), "", output);
    output.write(" ");
    write_on_one_line(listed_owner(plan, planned), "", output);
    output.write("\n");
}

/// As rules leave them: that they lead past dropped entries, among those listed here, would be confusing.
void write_dependencies(const PlannedEntry& planned, ByteSink& output) {
    const TocEntry& entry = planned.entry();
    const bool is_bridged = planned.depends_otherwise() && !planned.changed_by(Field::dependencies);
    const std::vector<DumpId> ids = is_bridged ? entry.original_dependencies() : entry.dependencies();
    if (ids.empty()) return;
    output.write(";\tdepends on:");
    for (const DumpId id : ids) {
        output.write(" ");
        output.write(std::to_string(id));
    }
    output.write("\n");
}

bool is_listed(const TocEntry& entry) {
    const Components components = components_of(entry);
    return !entry.dropped() && components != 0 && components != component::special;
}

}  // namespace

void write_listing(const Plan& plan, bool verbose, ByteSink& output) {
    write_header(plan.prologue.header, plan.prologue.toc.read_size(), output);
    visit_as_written(plan, [&](const PlannedEntry& planned) {
        const TocEntry& entry = planned.entry();
        if (verbose ? !(entry.added() && entry.dropped()) : is_listed(entry))
            write_entry(plan, planned, output);
        if (verbose) write_dependencies(planned, output);
    });
}

}  // namespace pgfilter::cli
