#include "pgfilter/needs.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "rules/dialect.hpp"
#include "rules/role_places.hpp"
#include "sql/clauses.hpp"
#include "sql/definitions.hpp"
#include "sql/role_names.hpp"
#include "sql/tablespace_names.hpp"

namespace pgfilter {
namespace {

template <std::size_t size>
bool is_one_of(Bytes name, const std::array<const char*, size>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// No server has a longer name: NAMEDATALEN is 64, and nobody builds PostgreSQL with more than a few hundred.
constexpr std::size_t longest_name = 1000;

/// The first PostgreSQL with a pg_restore for archives 1.10, 1.11 …
constexpr std::array oldest_versions{"8.0", "8.4", "9.0", "10.3", "12", "16", "17"};

class NeedsFinder {
public:
    explicit NeedsFinder(const Prologue& prologue)
        : prologue_(prologue), dialect_(dialect_of(prologue.toc)) {}

    Needs find() {
        const Toc& toc = prologue_.toc;
        bool lacks_extensions = false;
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (!toc[i].dropped()) look_at(toc[i]);
            lacks_extensions = lacks_extensions || (toc[i].dropped() && toc[i].desc() == "EXTENSION");
        }
        if (lacks_extensions) find_lacking_extensions();
        move_counts();
        for (const std::string& name : own_access_methods_) needs_.access_methods.erase(name);
        for (const std::string& name : own_languages_) needs_.languages.erase(name);
        const auto minor = static_cast<std::size_t>(prologue_.header.layout.version.minor) - 10;
        needs_.oldest_version = oldest_versions.at(std::min(minor, oldest_versions.size() - 1));
        return std::move(needs_);
    }

private:
    /// Those that the archive no longer creates, but still uses: the target has to have them.
    void find_lacking_extensions() {
        const Toc& toc = prologue_.toc;
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].dropped()) continue;
            for (const DumpId id : toc[i].original_dependencies()) {
                const auto index = toc.find(id);
                if (index && toc[*index].dropped() && toc[*index].desc() == "EXTENSION")
                    add_extension(toc[*index].tag(), toc[*index].defn().value_or(""));
            }
        }
    }

    void add_extension(Bytes tag, Bytes sql) {
        const auto [place, is_new] = needs_.extensions.try_emplace(std::string(tag));
        if (!is_new) return;
        const auto name = [&](std::string_view keyword) {
            return sql::name_behind(sql, {"create", "extension"}, keyword, dialect_).value_or("");
        };
        place->second = {name("schema"), name("version")};
        // A language has the name of its extension: plperl, plpython3u.
        own_languages_.emplace(tag);
    }

    /// A name, in how many entries, and the last of these.
    struct Use {
        std::size_t entries = 0;
        DumpId latest = 0;
    };
    using Uses = std::map<std::string, Use>;

    void look_at(const TocEntry& entry) {
        entry_ = entry.dump_id();
        const Text owner = entry.owner();
        if (owner && !owner->empty() && has_owner_command(entry)) add(roles_, *owner);
        if (const Text tablespace = entry.text(Field::tablespace); tablespace && !tablespace->empty())
            add_tablespace(*tablespace);
        if (const Text method = entry.text(Field::tableam)) add_access_method(*method);
        look_at_sql(entry.kind(), entry.tag(), entry.defn().value_or(""));
    }

    void look_at_sql(EntryKind kind, Bytes tag, Bytes sql) {
        using K = EntryKind;
        if (names_roles(kind)) {
            sql::find_role_names(sql, dialect_, [&](const sql::RoleName& role) { add(roles_, role.name); });
        }
        const auto name = [&](std::initializer_list<std::string_view> statement, std::string_view keyword) {
            return sql::name_behind(sql, statement, keyword, dialect_).value_or("");
        };
        if (kind == K::extension && tag.size() <= longest_name) add_extension(tag, sql);
        if (kind == K::procedural_language && tag.size() <= longest_name) own_languages_.emplace(tag);
        if (kind == K::access_method && tag.size() <= longest_name) own_access_methods_.emplace(tag);
        if (kind == K::function || kind == K::procedure || kind == K::transform)
            add_language(sql::find_language(sql, dialect_).value_or(""));
        if (kind == K::index || kind == K::constraint || kind == K::operator_class ||
            kind == K::operator_family)
            add_access_method(sql::find_access_method(sql, dialect_).value_or(""));
        if (kind == K::security_label) add(providers_, name({"security", "label"}, "for"));
        if (kind == K::database || kind == K::database_properties || kind == K::function ||
            kind == K::procedure)
            add_tablespaces(sql);
    }

    void add_tablespaces(Bytes sql) {
        const auto leave = [&](const std::string& name) -> const std::string* {
            add_tablespace(name);
            return nullptr;
        };
        sql::replace_tablespace_names(sql, dialect_, leave, [](Bytes) {});
    }
    void add_tablespace(Bytes name) {
        if (name != "pg_default") add(tablespaces_, name);
    }
    void add_access_method(Bytes name) {
        constexpr std::array everywhere{"heap", "btree", "hash", "gist", "gin", "spgist", "brin"};
        if (!is_one_of(name, everywhere)) add(access_methods_, name);
    }
    void add_language(Bytes name) {
        constexpr std::array everywhere{"sql", "plpgsql"};
        if (!is_one_of(name, everywhere)) add(languages_, name);
    }

    /// Once per entry.
    void add(Uses& uses, Bytes name) {
        if (name.empty() || name.size() > longest_name) return;
        Use& use = uses[std::string(name)];
        if (std::exchange(use.latest, entry_) != entry_) ++use.entries;
    }

    /// One by one, for they may be a million.
    void move_counts() {
        const std::array<std::pair<Uses*, Needs::Counts*>, 5> all{{{&roles_, &needs_.roles},
                                                                   {&tablespaces_, &needs_.tablespaces},
                                                                   {&access_methods_, &needs_.access_methods},
                                                                   {&languages_, &needs_.languages},
                                                                   {&providers_, &needs_.label_providers}}};
        for (const auto& [uses, counts] : all) {
            while (!uses->empty()) {
                auto use = uses->extract(uses->begin());
                counts->emplace_hint(counts->end(), std::move(use.key()), use.mapped().entries);
            }
        }
    }

    const Prologue& prologue_;
    sql::Dialect dialect_;
    Needs needs_;
    DumpId entry_ = 0;  // at hand
    Uses roles_, tablespaces_, access_methods_, languages_, providers_;
    std::set<std::string> own_access_methods_;
    std::set<std::string> own_languages_;
};

}  // namespace

bool has_owner_command(const TocEntry& entry) {
    // Those that pg_restore hands to nobody (_printTocEntry in pg_backup_archiver.c).
    constexpr std::array<Bytes, 12> kinds{"CAST",    "CHECK CONSTRAINT", "CONSTRAINT", "DATABASE PROPERTIES",
                                          "DEFAULT", "FK CONSTRAINT",    "INDEX",      "RULE",
                                          "TRIGGER", "ROW SECURITY",     "POLICY",     "USER MAPPING"};
    return !entry.text(Field::drop_stmt).value_or("").empty() &&
           std::find(kinds.begin(), kinds.end(), entry.desc()) == kinds.end();
}

Needs find_needs(const Prologue& prologue) {
    return NeedsFinder(prologue).find();
}

}  // namespace pgfilter
