#include "cli/json_report.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "pgfilter/needs.hpp"
#include "pgfilter/version.hpp"

namespace pgfilter::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema_version = 1;
constexpr std::size_t piece_size = 16 * 1024;

constexpr std::array<std::pair<Field, const char*>, 6> reported_fields{{
    {Field::owner, "owner"},
    {Field::tablespace, "tablespace"},
    {Field::tableam, "table_access_method"},
    {Field::tag, "name"},
    {Field::defn, "definition"},
    {Field::drop_stmt, "drop_statement"},
}};

/// A piece at the front, not cut inside a UTF-8 character.
Bytes front_piece(Bytes text) {
    std::size_t size = std::min(text.size(), piece_size);
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    while (size < text.size() && size > piece_size - 4 && continues(text[size])) --size;
    return text.substr(0, size);
}

/// The piece as JSON, without the quotes around it; nothing if it is not UTF-8.
std::optional<std::string> escaped(Bytes piece) {
    try {
        const std::string quoted = Json(piece).dump();
        return quoted.substr(1, quoted.size() - 2);
    } catch (const Json::type_error&) {
        return std::nullopt;
    }
}

bool is_utf8(Bytes text) {
    for (Bytes piece = front_piece(text); !text.empty(); piece = front_piece(text)) {
        if (!escaped(piece)) return false;
        text.remove_prefix(piece.size());
    }
    return true;
}

std::string hexadecimal(Bytes text) {
    constexpr const char* digits = "0123456789abcdef";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        result += {digits[byte >> 4], digits[byte & 15]};
    }
    return result;
}

/// In pieces, for a text may be of any size.
void write_text(Text text, ByteSink& output) {
    if (!text) return output.write("null");
    const bool readable = is_utf8(*text);
    output.write(readable ? "\"" : R"({"hex":")");
    while (!text->empty()) {
        const Bytes piece = front_piece(*text);
        output.write(readable ? *escaped(piece) : hexadecimal(piece));
        text->remove_prefix(piece.size());
    }
    output.write(readable ? "\"" : "\"}");
}

Json text_json(Text text) {
    if (!text) return nullptr;
    if (is_utf8(*text)) return std::string(*text);
    return Json{{"hex", hexadecimal(*text)}};
}

std::string version_text(const ArchiveVersion& version) {
    return std::string("1.")
        .append(std::to_string(version.minor))
        .append(".")
        .append(std::to_string(version.revision));
}

/// "name": behind what separates it from the member before.
std::string member(const char* before, const char* name) {
    return std::string(before).append("\"").append(name).append("\": ");
}

Json needs_json(const Needs& needs) {
    const auto counts = [](const Needs::Counts& names) {
        Json list = Json::array();
        for (const auto& [name, entries] : names)
            list.push_back({{"name", text_json(name)}, {"entries", entries}});
        return list;
    };
    Json extensions = Json::array();
    const auto or_null = [](const std::string& text) {
        return text.empty() ? Json(nullptr) : text_json(text);
    };
    for (const auto& [name, extension] : needs.extensions) {
        extensions.push_back({{"name", text_json(name)},
                              {"schema", or_null(extension.schema)},
                              {"version", or_null(extension.version)}});
    }
    return {{"roles", counts(needs.roles)},
            {"extensions", extensions},
            {"tablespaces", counts(needs.tablespaces)},
            {"access_methods", counts(needs.access_methods)},
            {"languages", counts(needs.languages)},
            {"security_label_providers", counts(needs.label_providers)},
            {"oldest_version", needs.oldest_version}};
}

Json archive_json(const Prologue& prologue) {
    const Header& header = prologue.header;
    const Toc& toc = prologue.toc;
    return {{"format_version", version_text(header.layout.version)},
            {"database", text_json(header.database)},
            {"server_version", text_json(header.server_version)},
            {"pg_dump_version", text_json(header.dump_version)},
            {"entries_read", toc.read_size()},
            {"entries_written", toc.size() - toc.dropped_count()}};
}

const char* section_name(const TocEntry& entry) {
    constexpr std::array names{"", "none", "pre-data", "data", "post-data"};
    return names.at(static_cast<std::size_t>(entry.number(Field::section)));
}

Json listed_entry(const TocEntry& entry) {
    return {{"dump_id", entry.dump_id()},
            {"kind", text_json(entry.desc())},
            {"schema", text_json(entry.namespace_())},
            {"name", text_json(entry.tag())},
            {"owner", text_json(entry.owner())},
            {"section", section_name(entry)},
            {"tablespace", text_json(entry.text(Field::tablespace))},
            {"table_access_method", text_json(entry.text(Field::tableam))},
            {"catalog_oid", text_json(entry.text(Field::table_oid))},
            {"oid", text_json(entry.text(Field::oid))},
            {"has_data", entry.keeps_data()},
            {"dependencies", entry.dependencies()}};
}

class ReportWriter {
public:
    ReportWriter(const Plan& plan, const Summary* summary, ByteSink& output)
        : plan_(plan),
          toc_(plan.prologue.toc),
          summary_(summary),
          output_(output),
          unhandled_(plan.reports.size()) {}

    void write() {
        output_.write(member("{", "schema_version") + std::to_string(schema_version));
        part("program", std::string("pgfilter ") + version);
        part("archive", archive_json(plan_.prologue));
        output_.write(member(",\n", "entries") + "[");
        for (std::size_t i = 0; i < toc_.size(); ++i) write_entry(toc_[toc_.at(i)]);
        output_.write("\n]");
        part("rules", rules());
        part("kinds", kinds());
        part("bridged", plan_.bridged);
        part("needs", needs_json(find_needs(plan_.prologue)));
        if (summary_ != nullptr) part("data", data());
        output_.write("}\n");
    }

private:
    struct KindCounts {
        std::size_t read = 0;
        std::size_t dropped = 0;
        std::size_t changed = 0;
        std::size_t added = 0;
    };

    void part(const char* name, const Json& value) { output_.write(member(",\n", name) + value.dump()); }

    void write_entry(const TocEntry& entry) {
        KindCounts& counts = counts_of(std::string(entry.desc()));
        (entry.added() ? counts.added : counts.read) += 1;
        counts.dropped += entry.dropped() ? 1U : 0U;
        counts.changed += !entry.dropped() && entry.changed() ? 1U : 0U;
        const Json places = unhandled_places(entry);
        if (!entry.dropped() && !entry.changed() && !entry.added() && places.empty()) return;
        output_.write(std::exchange(first_, false) ? "\n" : ",\n");
        const std::string head = entry_head(entry).dump();
        output_.write(Bytes(head).substr(0, head.size() - 1));  // its brace stays open
        if (!entry.dropped() && entry.changed()) write_changes(entry);
        if (!places.empty()) output_.write(member(", ", "unhandled") + places.dump());
        output_.write("}");
    }

    [[nodiscard]] Json entry_head(const TocEntry& entry) const {
        const char* const action = entry.dropped()   ? "drop"
                                   : entry.added()   ? "add"
                                   : entry.changed() ? "change"
                                                     : "keep";
        Json head{{"dump_id", entry.dump_id()},
                  {"kind", text_json(entry.desc())},
                  {"schema", text_json(entry.namespace_())},
                  {"name", text_json(entry.tag())},
                  {"action", action}};
        if (entry.dropped()) head["rule"] = editor(entry.dropped_by());
        if (entry.added() && !entry.dropped()) head["rule"] = editor(entry.added_by());
        return head;
    }

    void write_changes(const TocEntry& entry) {
        output_.write(member(", ", "changes") + "[");
        bool first = true;
        for (const auto& [field, name] : reported_fields) {
            const auto by = entry.changed_by(field);
            if (!by) continue;
            output_.write(member(std::exchange(first, false) ? "{" : ", {", "field") + Json(name).dump() +
                          member(", ", "rule") + editor(*by).dump() + member(", ", "old"));
            write_text(entry.original_text(field), output_);
            output_.write(member(", ", "new"));
            write_text(entry.text(field), output_);
            output_.write("}");
        }
        if (const auto by = entry.changed_by(Field::had_dumper)) {
            const Json change{{"field", "data"}, {"rule", editor(*by)}, {"old", "kept"}, {"new", "dropped"}};
            output_.write((std::exchange(first, false) ? "" : ", ") + change.dump());
        }
        if (entry.changed_by(Field::dependencies)) {
            const Json change{{"field", "dependencies"},
                              {"rule", nullptr},
                              {"old", entry.original_dependencies()},
                              {"new", entry.dependencies()}};
            output_.write((first ? "" : ", ") + change.dump());
        }
        output_.write("]");
    }

    /// A hostile archive can have as many kinds as entries.
    KindCounts& counts_of(const std::string& kind) {
        constexpr std::size_t most_kinds = 1000;
        const auto found = kinds_.find(kind);
        if (found != kinds_.end()) return found->second;
        return kinds_[kinds_.size() < most_kinds ? kind : "other kinds"];
    }

    Json unhandled_places(const TocEntry& entry) {
        Json places = Json::array();
        find_unhandled(plan_, entry, false, [&](const Unhandled& place) {
            unhandled_[place.spec] += place.count;
            Json told{{"rule", place.spec}, {"count", place.count}, {"reason", text_json(place.reason)}};
            if (place.argument) told["argument"] = *place.argument;
            if (!place.name.empty()) told["name"] = text_json(place.name);
            places.push_back(std::move(told));
        });
        return places;
    }

    /// The place of a rule in "rules"; what no rule did is null.
    [[nodiscard]] Json editor(EditorId id) const {
        return id < plan_.reports.size() ? Json(id) : Json(nullptr);
    }

    [[nodiscard]] Json rules() const {
        Json list = Json::array();
        for (std::size_t i = 0; i < plan_.reports.size(); ++i) {
            const RuleReport& report = plan_.reports[i];
            Json arguments = Json::array();
            for (std::size_t j = 0; j < report.spec.arguments.size(); ++j) {
                const RuleArgument& argument = report.spec.arguments[j];
                arguments.push_back({{"key", text_json(argument.key)},
                                     {"value", text_json(argument.value)},
                                     {"places", report.per_argument[j]}});
            }
            list.push_back(
                {{"rule", report.spec.name},
                 {"origin", report.spec.origin.empty() ? Json(nullptr) : text_json(report.spec.origin)},
                 {"arguments", arguments},
                 {"dropped", report.dropped},
                 {"changed", report.changed},
                 {"unhandled", unhandled_[i]},
                 {"matched", !report.matched_nothing()}});
        }
        return list;
    }

    [[nodiscard]] Json kinds() const {
        Json list = Json::array();
        for (const auto& [kind, counts] : kinds_) {
            list.push_back({{"kind", text_json(kind)},
                            {"read", counts.read},
                            {"dropped", counts.dropped},
                            {"changed", counts.changed},
                            {"added", counts.added}});
        }
        return list;
    }

    [[nodiscard]] Json data() const {
        return {{"blocks_read", summary_->blocks_read},
                {"blocks_written", summary_->blocks_written},
                {"bytes_read", summary_->data_read},
                {"bytes_dropped", summary_->data_read - summary_->data_written},
                {"archive_bytes_read", summary_->bytes_read},
                {"archive_bytes_written", summary_->bytes_written}};
    }

    const Plan& plan_;
    const Toc& toc_;
    const Summary* summary_;
    ByteSink& output_;
    std::vector<std::size_t> unhandled_;  // per spec
    std::map<std::string, KindCounts> kinds_;
    bool first_ = true;
};

}  // namespace

void write_json_report(const Plan& plan, const Summary* summary, ByteSink& output) {
    ReportWriter(plan, summary, output).write();
}

void write_json_listing(const Plan& plan, ByteSink& output) {
    const Toc& toc = plan.prologue.toc;
    output.write(member("{", "schema_version") + std::to_string(schema_version) + member(",\n", "archive") +
                 archive_json(plan.prologue).dump() + member(",\n", "entries") + "[");
    bool first = true;
    for (std::size_t place = 0; place < toc.size(); ++place) {
        const TocEntry& entry = toc[toc.at(place)];
        if (entry.dropped()) continue;
        output.write(std::exchange(first, false) ? "\n" : ",\n");
        output.write(listed_entry(entry).dump());
    }
    output.write("\n]}\n");
}

void write_json_needs(const Plan& plan, ByteSink& output) {
    output.write(
        Json{{"schema_version", schema_version}, {"needs", needs_json(find_needs(plan.prologue))}}.dump(2) +
        "\n");
}

}  // namespace pgfilter::cli
