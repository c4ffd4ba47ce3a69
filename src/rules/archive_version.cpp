// SPDX-License-Identifier: PostgreSQL
#include "rules/archive_version.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "archive/components.hpp"
#include "archive/dialect.hpp"
#include "archive/entry_fields.hpp"
#include "archive/kind_facts.hpp"
#include "archive/large_object_lists.hpp"
#include "archive/other_versions.hpp"
#include "archive/toc_access.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/large_object_acl.hpp"
#include "rules/rule_access.hpp"
#include "rules/server_demand.hpp"

namespace pgfilter {
namespace {

constexpr unsigned first_that_asks = 110;  // whether settings of the database are wanted: --create

/// Major versions of PostgreSQL that an archive can be written for.
constexpr std::array<unsigned, 11> majors{96, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190};

std::uint8_t minor_named(const std::string& name) {
    for (std::uint8_t minor = oldest_written_minor; minor <= newest_written_minor; ++minor) {
        if (name == "1." + std::to_string(minor)) return minor;
    }
    throw Error(ErrorCode::usage,
                "\"" + name + "\" is no version that an archive can be written in: 1.12 to 1.16");
}

unsigned major_named(const std::string& name) {
    const auto is_it = [&](unsigned major) { return postgres_version(major) == name; };
    const auto* const found = std::find_if(majors.begin(), majors.end(), is_it);
    if (found == majors.end())
        throw Error(ErrorCode::usage,
                    "\"" + name + "\" is no major version of PostgreSQL to write for: 9.6, 10 to 19");
    return *found;
}

const std::string& only_argument(const RuleSpec& spec) {
    if (spec.arguments.size() != 1) throw Error(ErrorCode::usage, spec.name + " takes one version");
    return spec.arguments.front().value;
}

std::string version_name(std::uint8_t minor) {
    return "1." + std::to_string(minor);
}

bool is_about_large_object(const TocEntry& entry) {
    return is_attachment(entry.kind()) && entry.tag().starts_with("LARGE OBJECT ");
}

/// What belongs to the database and is not itself it.
bool is_of_database(const TocEntry& entry) {
    if (is_attachment(entry.kind())) return entry.tag().starts_with("DATABASE ");
    return is_database(entry.kind()) && entry.kind() != EntryKind::database;
}

class WrittenVersion final : public Rule {
public:
    explicit WrittenVersion(const RuleSpec& spec) {
        if (spec.name == "readable-by") {
            reader_ = major_named(only_argument(spec));
        } else {
            minor_ = minor_named(only_argument(spec));
        }
    }

    void apply(RuleContext& context) override {
        const std::uint8_t read = context.header().layout.version.minor;
        context.matched_argument(0, 1);
        if (reader_) minor_ = std::min(read, newest_minor_read_by(*reader_));
        if (read < oldest_written_minor && minor_ != read)
            throw Error(ErrorCode::refused,
                        "an archive of version " + version_name(read) +
                            " is not written in another version; every pg_restore reads it");
        dialect_ = dialect_of(context.toc());
        if (minor_ < first_with_groups && read >= first_with_groups) list_large_objects(context);
        if (minor_ < first_with_search_path && read >= first_with_search_path) drop_search_path(context);
        RuleAccess::set_written_minor(context, minor_);
    }

    // Told in every run: that it fails, nobody can see in the archive.
    void find_unhandled_quickly(const Toc& toc, const TocEntry& entry,
                                const std::function<void(const Unhandled&)>& found) const override {
        find_unhandled(toc, entry, found);
    }

    void find_unhandled(const Toc& /*toc*/, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        const auto tell = [&](std::string reason, bool fails) {
            Unhandled unhandled{0, std::nullopt, 1, std::move(reason)};
            unhandled.fails = fails;
            found(unhandled);
        };
        const Bytes method = entry.text(Field::tableam).value_or("");
        if (minor_ < format_of(Field::tableam).since_minor && !method.empty() && method != "heap")
            tell("is stored by the access method " + std::string(method) + ", which archives of version " +
                     version_name(minor_) + " do not say",
                 false);
        if (!reader_) return;
        const ServerDemand demand = server_demand_of(entry, dialect_);
        if (demand.version > *reader_)
            tell((demand.what.empty() ? "is of a kind that" : std::string(demand.what) + ", which") +
                     " PostgreSQL " + postgres_version(*reader_) + " does not know (" +
                     postgres_version(demand.version) + " does)",
                 true);
        if (*reader_ < first_that_asks && is_of_database(entry))
            tell("is restored by pg_restore " + postgres_version(*reader_) + " with or without the database",
                 false);
    }

    void refuse(const Prologue& prologue) const override {
        const Compression compression = prologue.header.compression;
        if (knows_compression(minor_, compression)) return;
        for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
            if (!prologue.toc[i].keeps_data()) continue;
            throw Error(ErrorCode::refused, std::string("its data is compressed with ") +
                                                (compression == Compression::lz4 ? "lz4" : "zstd") +
                                                ", and pg_restore before 16 reads gzip alone; dump it with "
                                                "--compress=gzip");
        }
    }

private:
    static void drop_search_path(RuleContext& context) {
        context.for_each_entry(EntryKind::search_path,
                               [&](TocEntry& entry, std::size_t) { context.drop(entry); });
    }

    /// An entry for each in the place of one for a group, before all data; and what is about each depends on
    /// it.
    void list_large_objects(RuleContext& context) {
        std::vector<std::size_t> groups;
        std::vector<std::size_t> privileges_of_groups;
        context.for_each_entry([&](TocEntry& entry, std::size_t i) {
            if (entry.kind() == EntryKind::blob_metadata) groups.push_back(i);
            if (is_group_acl(entry)) privileges_of_groups.push_back(i);
        });
        if (groups.empty()) return;
        for (const std::size_t acl : privileges_of_groups) split_group_acl(context, acl, dialect_);
        std::vector<std::size_t> objects;
        for (const std::size_t group : groups) list_group(context, group, objects);
        depend_on_objects(context, groups, objects);
        put_before_data(context, objects);
    }

    static void list_group(RuleContext& context, std::size_t group, std::vector<std::size_t>& objects) {
        TocEntry& first = context.entry(group);
        const std::string oids(first.defn().value_or(""));
        if (oids.empty() || !is_list_of_oids(oids))
            throw Error(ErrorCode::damaged, "does not list its large objects").in_entry(first.label());
        context.set_text(first, Field::defn, "");
        for_each_oid(oids, [&, is_first = true](Bytes oid) mutable {
            const std::size_t index =
                std::exchange(is_first, false) ? group : RuleAccess::add_copy(context, group, 0, 100);
            make_object(context, context.entry(index), std::string(oid));
            objects.push_back(index);
        });
    }

    static void make_object(RuleContext& context, TocEntry& entry, const std::string& oid) {
        context.set_text(entry, Field::desc, "BLOB");
        context.set_text(entry, Field::tag, oid);
        context.set_text(entry, Field::oid, oid);
        context.set_text(entry, Field::defn, "SELECT pg_catalog.lo_create('" + oid + "');\n");
        context.set_text(entry, Field::drop_stmt, "SELECT pg_catalog.lo_unlink('" + oid + "');\n");
        context.set_dependencies(entry, {});
        RuleAccess::set_section(context, entry, Section::pre_data);
    }

    /// What is about one object of a group depends on that, and no longer on the group.
    static void depend_on_objects(RuleContext& context, const std::vector<std::size_t>& groups,
                                  const std::vector<std::size_t>& objects) {
        std::set<DumpId> of_groups;
        for (const std::size_t group : groups) of_groups.insert(context.entry(group).dump_id());
        std::map<std::string, DumpId, std::less<>> ids;
        for (const std::size_t object : objects)
            ids.emplace(context.entry(object).tag(), context.entry(object).dump_id());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            if (!is_about_large_object(entry)) return;
            constexpr std::size_t kind = std::string_view("LARGE OBJECT ").size();
            const auto object = ids.find(entry.tag().substr(kind));
            if (object == ids.end()) return;
            std::vector<DumpId> dependencies = entry.dependencies();
            const auto is_group = [&](DumpId id) { return of_groups.contains(id); };
            std::replace_if(dependencies.begin(), dependencies.end(), is_group, object->second);
            context.set_dependencies(entry, dependencies);
        });
    }

    static void put_before_data(RuleContext& context, const std::vector<std::size_t>& objects) {
        RuleAccess::place_copies(context);
        const Toc& toc = context.toc();
        std::vector<bool> is_object(toc.size());
        for (const std::size_t object : objects) is_object[object] = true;
        std::vector<std::uint32_t> order;
        order.reserve(toc.size());
        bool are_placed = false;
        const auto place = [&] {
            if (!std::exchange(are_placed, true)) order.insert(order.end(), objects.begin(), objects.end());
        };
        for (std::size_t i = 0; i < toc.size(); ++i) {
            const std::size_t index = toc.at(i);
            const TocEntry& entry = toc[index];
            if (section_of(entry) >= Section::data || is_about_large_object(entry)) place();
            if (!is_object[index]) order.push_back(static_cast<std::uint32_t>(index));
        }
        place();
        context.set_order(std::move(order));
    }

    std::optional<unsigned> reader_;  // the major version of PostgreSQL
    std::uint8_t minor_ = newest_written_minor;
    sql::Dialect dialect_;
};

std::unique_ptr<Rule> make_written_version(std::span<const RuleSpec> specs) {
    if (specs.size() > 1)
        throw Error(ErrorCode::usage, "an archive is written in one version, and two are given");
    return std::make_unique<WrittenVersion>(specs.front());
}

}  // namespace

std::vector<std::string> known_readers() {
    std::vector<std::string> names(majors.size());
    std::transform(majors.begin(), majors.end(), names.begin(), postgres_version);
    return names;
}

void add_archive_version_rules(RuleRegistry& registry) {
    const auto add = [&](const char* name, const char* summary, RuleKey key) {
        registry.add({.name = name,
                      .summary = summary,
                      .keys = {std::move(key)},
                      .family = "written version",
                      .reach = Reach::none,
                      .is_precaution = true,
                      .turn = Turn::version},
                     make_written_version);
    };
    add("archive-version", "write another version of the archive format, for another pg_restore",
        {"version", "1.N"});
    add("readable-by", "write what pg_restore of that major version reads", {"major", "MAJOR"});
}

}  // namespace pgfilter
