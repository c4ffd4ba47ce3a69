#include "pgfilter/needs.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "rules/definition.hpp"
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

using Found = std::function<void(Bytes)>;

void find_roles(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    const Text owner = entry.owner();
    if (owner && has_owner_command(entry)) found(*owner);
    if (names_roles(entry.kind()))
        sql::find_role_names(entry.defn().value_or(""), dialect,
                             [&](const sql::RoleName& role) { found(role.name); });
}

void find_tablespaces(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    const auto test = [&](Bytes name) {
        if (name != "pg_default") found(name);
    };
    test(entry.text(Field::tablespace).value_or(""));
    if (!with_tablespace_names.has(entry.kind())) return;
    const auto leave = [&](const std::string& name) -> const std::string* {
        test(name);
        return nullptr;
    };
    sql::replace_tablespace_names(entry.defn().value_or(""), dialect, leave, [](Bytes) {});
}

void find_access_methods(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect,
                         const Found& found) {
    constexpr std::array everywhere{"heap", "btree", "hash", "gist", "gin", "spgist", "brin"};
    const auto test = [&](Bytes name) {
        if (!is_one_of(name, everywhere)) found(name);
    };
    test(entry.text(Field::tableam).value_or(""));
    if ((with_access_method - EntryKind::access_method).has(entry.kind()))
        test(sql::find_access_method(entry.defn().value_or(""), dialect).value_or(""));
}

void find_languages(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect, const Found& found) {
    constexpr std::array everywhere{"sql", "plpgsql"};
    if (!(routines | EntryKind::transform).has(entry.kind())) return;
    const auto name = sql::find_language(entry.defn().value_or(""), dialect);
    if (name && !is_one_of(*name, everywhere)) found(*name);
}

void find_label_providers(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect dialect,
                          const Found& found) {
    if (entry.kind() == EntryKind::security_label)
        found(sql::find_label_provider(entry.defn().value_or(""), dialect).value_or(""));
}

void find_schemas(const Toc& /*toc*/, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    constexpr std::array everywhere{"public", "pg_catalog", "information_schema"};
    const Bytes schema = entry.namespace_().value_or("");
    if (!is_one_of(schema, everywhere)) found(schema);
}

/// Whether it still names what it depended on: a rule can have taken that out of its definition.
bool may_name(const TocEntry& entry, const TocEntry& used) {
    if (!entry.changed_by(Field::defn)) return true;
    const Bytes name = used.tag().substr(0, std::min(used.tag().find('('), used.tag().size()));
    return entry.defn().value_or("").find(name) != Bytes::npos;
}

/// What the archive no longer makes and the entry depends on.
void find_missing(EntryKinds kinds, const Toc& toc, const TocEntry& entry, const Found& found) {
    for (const DumpId id : entry.original_dependencies()) {
        const auto index = toc.find(id);
        if (!index || !toc[*index].dropped() || !kinds.has(toc[*index].kind())) continue;
        const TocEntry& used = toc[*index];
        const Bytes schema = used.namespace_().value_or("");
        if (schema.size() + used.tag().size() > longest_name || !may_name(entry, used)) continue;
        std::string name(schema);
        if (!name.empty()) name += '.';
        found(name.append(used.tag()));
    }
}

void find_relations(const Toc& toc, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    find_missing(nameable, toc, entry, found);
}

void find_types(const Toc& toc, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    find_missing(EntryKind::type | EntryKind::shell_type | EntryKind::domain, toc, entry, found);
}

void find_functions(const Toc& toc, const TocEntry& entry, sql::Dialect /*dialect*/, const Found& found) {
    find_missing(EntryKind::function | EntryKind::procedure | EntryKind::aggregate, toc, entry, found);
}

using Find = void (*)(const Toc&, const TocEntry&, sql::Dialect, const Found&);

Find finder_of(Needs::Kind kind) {
    switch (kind) {
        case Needs::Kind::roles:
            return find_roles;
        case Needs::Kind::tablespaces:
            return find_tablespaces;
        case Needs::Kind::access_methods:
            return find_access_methods;
        case Needs::Kind::languages:
            return find_languages;
        case Needs::Kind::schemas:
            return find_schemas;
        case Needs::Kind::tables:
            return find_relations;
        case Needs::Kind::types:
            return find_types;
        case Needs::Kind::functions:
            return find_functions;
        case Needs::Kind::label_providers:
            break;
    }
    return find_label_providers;
}

/// The first names behind a given one, as many as there is room for.
class FirstNames {
public:
    FirstNames(std::size_t room, std::optional<std::string> behind)
        : room_(room), behind_(std::move(behind)) {}

    /// Once per entry.
    void add(Bytes name, DumpId entry) {
        if (name.empty() || name.size() > longest_name || (behind_ && name <= *behind_)) return;
        auto use = uses_.find(name);
        if (use == uses_.end()) {
            if (is_full_ && name > uses_.rbegin()->first) return;
            use = uses_.emplace(name, Use{}).first;
            taken_ += size_of(name);
            while (taken_ > room_ && uses_.size() > 1) remove_last();
            if (is_full_ && name > uses_.rbegin()->first) return;
        }
        if (std::exchange(use->second.latest, entry) != entry) ++use->second.entries;
    }

    void tell(const std::function<void(Bytes, std::size_t)>& found) const {
        for (const auto& [name, use] : uses_) found(name, use.entries);
    }
    /// Behind which to go on, if some were left out.
    [[nodiscard]] std::optional<std::string> last() const {
        return is_full_ ? std::optional(uses_.rbegin()->first) : std::nullopt;
    }

private:
    /// In how many entries, and the last of these.
    struct Use {
        std::size_t entries = 0;
        DumpId latest = 0;
    };

    static std::size_t size_of(Bytes name) {
        constexpr std::size_t node = 112;
        return node + name.size();
    }
    void remove_last() {
        const auto last = std::prev(uses_.end());
        taken_ -= size_of(last->first);
        uses_.erase(last);
        is_full_ = true;
    }

    std::size_t room_;
    std::size_t taken_ = 0;
    bool is_full_ = false;
    std::optional<std::string> behind_;
    std::map<std::string, Use, std::less<>> uses_;
};

/// What names may take: in proportion to the archive, so that the number of times that it is read is bounded.
std::size_t room_for_names(const Toc& toc) {
    constexpr std::size_t always = 3 << 20;
    std::size_t size = 0;
    for (std::size_t i = 0; i < toc.size(); ++i) size += toc[i].stored().size();
    return always + size / 2;
}

/// By tag; of equal ones, which are nearly always none, those that are kept come first.
void sort_by_tag(const Toc& toc, std::vector<std::uint32_t>& entries) {
    std::stable_sort(entries.begin(), entries.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(toc[a].tag(), toc[a].dropped()) < std::pair(toc[b].tag(), toc[b].dropped());
    });
}

bool has_tag(const Toc& toc, const std::vector<std::uint32_t>& entries, Bytes tag) {
    const auto is_before = [&](std::uint32_t entry, Bytes wanted) { return toc[entry].tag() < wanted; };
    const auto at = std::lower_bound(entries.begin(), entries.end(), tag, is_before);
    return at != entries.end() && toc[*at].tag() == tag;
}

}  // namespace

Needs::Needs(const Prologue& prologue) : prologue_(prologue) {
    const Toc& toc = prologue.toc;
    bool lacks_extensions = false;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        const EntryKind kind = toc[i].kind();
        const auto index = static_cast<std::uint32_t>(i);
        lacks_extensions = lacks_extensions || (toc[i].dropped() && kind == EntryKind::extension);
        if (toc[i].dropped() || toc[i].tag().size() > longest_name) continue;
        if (kind == EntryKind::extension) extensions_.push_back(index);
        if (kind == EntryKind::procedural_language) own_languages_.push_back(index);
        if (kind == EntryKind::access_method) own_access_methods_.push_back(index);
        if (kind == EntryKind::schema) own_schemas_.push_back(index);
    }
    if (lacks_extensions) add_lacking_extensions();
    for (Indexes* const entries : {&extensions_, &own_languages_, &own_access_methods_, &own_schemas_})
        sort_by_tag(toc, *entries);
}

// Those that the archive no longer creates, but still uses: the target has to have them.
void Needs::add_lacking_extensions() {
    const Toc& toc = prologue_.toc;
    std::vector<bool> seen(toc.size());
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped()) continue;
        for (const DumpId id : toc[i].original_dependencies()) {
            const auto index = toc.find(id);
            if (!index || seen[*index] || !toc[*index].dropped() ||
                toc[*index].kind() != EntryKind::extension)
                continue;
            seen[*index] = true;
            if (makes_standard_language(toc[*index])) continue;
            if (toc[*index].tag().size() <= longest_name)
                extensions_.push_back(static_cast<std::uint32_t>(*index));
        }
    }
}

bool Needs::is_brought(Kind kind, Bytes name) const {
    const Toc& toc = prologue_.toc;
    if (kind == Kind::access_methods) return has_tag(toc, own_access_methods_, name);
    if (kind == Kind::schemas) return has_tag(toc, own_schemas_, name);
    // A language has the name of its extension: plperl, plpython3u.
    return kind == Kind::languages && (has_tag(toc, own_languages_, name) || has_tag(toc, extensions_, name));
}

void Needs::for_each(Kind kind, const std::function<void(Bytes, std::size_t)>& found) const {
    const Toc& toc = prologue_.toc;
    const Find find = finder_of(kind);
    const sql::Dialect dialect = dialect_of(toc);
    const std::size_t room = room_for_names(toc);
    std::optional<std::string> last;
    do {
        FirstNames names(room, std::move(last));
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].dropped()) continue;
            find(toc, toc[i], dialect, [&](Bytes name) { names.add(name, toc[i].dump_id()); });
        }
        names.tell([&](Bytes name, std::size_t entries) {
            if (!is_brought(kind, name)) found(name, entries);
        });
        last = names.last();
    } while (last);
}

void Needs::for_each_extension(const std::function<void(const Extension&)>& found) const {
    const Toc& toc = prologue_.toc;
    const sql::Dialect dialect = dialect_of(toc);
    std::optional<Bytes> latest;
    for (const std::uint32_t index : extensions_) {
        const TocEntry& entry = toc[index];
        if (latest == entry.tag()) continue;
        latest = entry.tag();
        const auto name = [&](std::string_view keyword) {
            return sql::find_extension_option(entry.defn().value_or(""), keyword, dialect).value_or("");
        };
        found({entry.tag(), name("schema"), name("version")});
    }
}

std::string Needs::oldest_version() const {
    const auto minor = static_cast<std::size_t>(prologue_.header.layout.version.minor) - 10;
    return oldest_versions.at(std::min(minor, oldest_versions.size() - 1));
}

bool has_owner_command(const TocEntry& entry) {
    return !entry.text(Field::drop_stmt).value_or("").empty() &&
           facts_of(entry.kind()).ownership != Ownership::silent;
}

}  // namespace pgfilter
