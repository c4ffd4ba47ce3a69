#include "cli/json_report.hpp"

#include <array>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/json_writer.hpp"
#include "cli/reported_fields.hpp"
#include "pgfilter/lost_rows.hpp"
#include "pgfilter/needs.hpp"
#include "pgfilter/version.hpp"

namespace pgfilter::cli {
namespace {

std::string version_text(const ArchiveVersion& version) {
    return std::string("1.")
        .append(std::to_string(version.minor))
        .append(".")
        .append(std::to_string(version.revision));
}

void write_names(const Needs& needs, Needs::Kind kind, ByteSink& output) {
    const char* separator = "";
    output.write("[");
    needs.for_each(kind, [&](Bytes name, std::size_t entries) {
        output.write(std::exchange(separator, ","));
        JsonObject object(output);
        object.text("name", name);
        object.value("entries", entries);
        object.close();
    });
    output.write("]");
}

void write_extensions(const Needs& needs, ByteSink& output) {
    const char* separator = "";
    output.write("[");
    const auto or_null = [](const std::string& text) { return text.empty() ? Text() : Text(text); };
    needs.for_each_extension([&](const Needs::Extension& extension) {
        output.write(std::exchange(separator, ","));
        JsonObject object(output);
        object.text("name", extension.name);
        object.text("schema", or_null(extension.schema));
        object.text("version", or_null(extension.version));
        object.close();
    });
    output.write("]");
}

void write_needs(const Needs& needs, ByteSink& output) {
    JsonObject object(output);
    using Kind = Needs::Kind;
    const auto names = [&](const char* name, Kind kind) {
        object.key(name);
        write_names(needs, kind, output);
    };
    names("roles", Kind::roles);
    object.key("extensions");
    write_extensions(needs, output);
    names("schemas", Kind::schemas);
    names("tables", Kind::tables);
    names("types", Kind::types);
    names("functions", Kind::functions);
    names("tablespaces", Kind::tablespaces);
    names("access_methods", Kind::access_methods);
    names("languages", Kind::languages);
    names("security_label_providers", Kind::label_providers);
    names("libraries", Kind::libraries);
    names("collations", Kind::collations);
    names("locales", Kind::locales);
    names("icu_locales", Kind::icu_locales);
    const Needs::Oldest oldest = needs.oldest();
    object.value("oldest_version", oldest.version);
    object.value("oldest_version_patched", oldest.patched);
    object.value("oldest_version_because",
                 oldest.because.empty() ? Json(nullptr) : text_json(oldest.because));
    object.close();
}

const char* route_name(Consequence::Route route) {
    constexpr std::array names{"belongs", "uses", "references", "holds_values"};
    return names.at(static_cast<std::size_t>(route));
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
        output_.write(member(",\n", "rows_lost"));
        write_json_lost_rows(plan_, output_);
        part("bridged", plan_.bridged);
        output_.write(member(",\n", "needs"));
        write_needs(Needs(plan_.prologue), output_);
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
        KindCounts& counts = counts_of(entry.desc());
        (entry.added() ? counts.added : counts.read) += 1;
        counts.dropped += entry.dropped() ? 1U : 0U;
        counts.changed += !entry.dropped() && entry.changed() ? 1U : 0U;
        const bool is_told = entry.dropped() || entry.changed() || entry.added();
        if (is_told) write_told(entry);
        const bool has_places = write_unhandled(entry, is_told);
        if (is_told || has_places) output_.write("}");
    }

    /// Its brace stays open.
    void write_told(const TocEntry& entry) {
        output_.write(std::exchange(first_, false) ? "\n" : ",\n");
        write_head(entry);
        if (!entry.dropped() && entry.changed()) write_changes(entry);
    }

    /// Its brace stays open.
    void write_head(const TocEntry& entry) {
        const char* const action = entry.dropped()   ? "drop"
                                   : entry.added()   ? "add"
                                   : entry.changed() ? "change"
                                                     : "keep";
        JsonObject head(output_);
        write_identity(entry, head);
        head.value("action", action);
        if (entry.dropped()) {
            head.value("rule", editor(entry.dropped_by()));
            write_consequence(entry, head);
        }
        if (entry.added() && !entry.dropped()) head.value("rule", editor(entry.added_by()));
    }

    /// How it came to be dropped, if no rule chose it.
    void write_consequence(const TocEntry& entry, JsonObject& head) {
        const Consequence* const reason = plan_.consequences.find_dropped(*toc_.find(entry.dump_id()));
        if (reason == nullptr) return;
        head.value("route", route_name(reason->route));
        head.value("cause", toc_[reason->cause].dump_id());
    }

    /// Whether its definition as it was read must not be shown.
    bool write_redacted(const TocEntry& entry) {
        const char* separator = "[";
        find_redacted(plan_, entry, [&](const std::string& name) {
            if (*separator == '[') output_.write(member(", ", "redacted"));
            output_.write(std::exchange(separator, ", ") + text_json(name).dump());
        });
        if (*separator == '[') return false;
        output_.write("]");
        return true;
    }

    void write_changes(const TocEntry& entry) {
        const bool is_redacted = write_redacted(entry);
        output_.write(member(", ", "changes") + "[");
        bool first = true;
        for (const auto& [field, name, key] : reported_fields) {
            const auto by = entry.changed_by(field);
            if (!by || entry.original_text(field) == entry.text(field)) continue;  // changed back
            output_.write(member(std::exchange(first, false) ? "{" : ", {", "field") + Json(key).dump() +
                          member(", ", "rule") + editor(*by).dump() + member(", ", "old"));
            write_text(is_redacted && field == Field::defn ? Text() : entry.original_text(field), output_);
            output_.write(member(", ", "new"));
            write_text(entry.text(field), output_);
            output_.write("}");
        }
        if (const auto by = entry.changed_by(Field::had_dumper)) {
            const Json change{{"field", "data"}, {"rule", editor(*by)}, {"old", "kept"}, {"new", "dropped"}};
            output_.write((std::exchange(first, false) ? "" : ", ") + change.dump());
        }
        if (const auto by = entry.changed_by(Field::dependencies)) {
            output_.write(first ? "" : ", ");
            JsonObject change(output_);
            change.value("field", "dependencies");
            change.value("rule", editor(*by));
            change.numbers("old", entry.original_dependencies());
            change.numbers("new", entry.dependencies());
            change.close();
        }
        output_.write("]");
    }

    /// A hostile archive can have as many kinds as entries, and of any length.
    KindCounts& counts_of(Bytes kind) {
        constexpr std::size_t most_kinds = 1000;
        constexpr std::size_t longest_kind = 200;
        constexpr const char* others = "other kinds";
        if (kind.size() > longest_kind) return kinds_[others];
        const auto found = kinds_.find(kind);
        if (found != kinds_.end()) return found->second;
        return kinds_[kinds_.size() < most_kinds ? std::string(kind) : others];
    }

    /// Place by place, for a text can mention every role there is.  Returns whether there is any.
    bool write_unhandled(const TocEntry& entry, bool is_told) {
        bool found = false;
        find_unhandled(plan_, entry, false, [&](const Unhandled& place) {
            if (!found && !is_told) write_told(entry);
            output_.write(std::exchange(found, true) ? "," : member(", ", "unhandled") + "[");
            unhandled_[place.spec] += place.count;
            Json told{{"rule", place.spec}, {"count", place.count}, {"reason", text_json(place.reason)}};
            if (place.argument) told["argument"] = *place.argument;
            if (!place.name.empty()) told["name"] = text_json(place.name);
            output_.write(told.dump());
        });
        if (found) output_.write("]");
        return found;
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
                 {"because", report.spec.because.empty() ? Json(nullptr) : text_json(report.spec.because)},
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
    std::map<std::string, KindCounts, std::less<>> kinds_;
    bool first_ = true;
};

}  // namespace

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

void write_identity(const TocEntry& entry, JsonObject& object) {
    object.value("dump_id", entry.dump_id());
    object.text("kind", entry.desc());
    object.text("schema", entry.namespace_());
    object.text("name", entry.tag());
}

void write_json_report(const Plan& plan, const Summary* summary, ByteSink& output) {
    ReportWriter(plan, summary, output).write();
}

void write_json_lost_rows(const Plan& plan, ByteSink& output) {
    const Toc& toc = plan.prologue.toc;
    const char* separator = "\n";
    output.write("[");
    find_lost_rows(plan, [&](const LostRows& lost) {
        output.write(std::exchange(separator, ",\n"));
        JsonObject object(output);
        object.value("dump_id", toc[lost.data].dump_id());
        object.text("schema", toc[lost.data].namespace_());
        object.text("name", toc[lost.data].tag());
        object.value("rule", lost.spec);
        object.value("route", lost.reason ? Json(route_name(lost.reason->route)) : Json(nullptr));
        object.value("cause", lost.reason ? Json(toc[lost.reason->cause].dump_id()) : Json(nullptr));
        object.close();
    });
    output.write("]");
}

void write_json_needs(const Plan& plan, ByteSink& output) {
    output.write(member("{", "schema_version") + std::to_string(schema_version) + member(",\n", "needs"));
    write_needs(Needs(plan.prologue), output);
    output.write("\n}\n");
}

}  // namespace pgfilter::cli
