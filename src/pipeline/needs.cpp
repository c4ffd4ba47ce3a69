// SPDX-License-Identifier: PostgreSQL
#include "pgfilter/needs.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "archive/memory_budget.hpp"
#include "pipeline/needed_names.hpp"
#include "rules/definition.hpp"
#include "sql/by_name.hpp"
#include "sql/clauses.hpp"

namespace pgfilter {
namespace {

/// No server has a longer name: NAMEDATALEN is 64, and nobody builds PostgreSQL with more than a few hundred.
constexpr std::size_t longest_name = 1000;

/// In how many entries each name is.
class NameCounts {
public:
    explicit NameCounts(const Toc& toc) : budget_(toc, "names of one kind") {}

    void add(Bytes name, DumpId entry) {
        if (name.empty() || name.size() > longest_name) return;
        auto use = uses_.find(name);
        if (use == uses_.end()) {
            budget_.spend(size_in_map(name));
            use = uses_.emplace(name, Use{}).first;
        }
        if (std::exchange(use->second.latest, entry) != entry) ++use->second.entries;
    }

    template <class Found>
    void for_each(Found found) const {
        for (const auto& [name, use] : uses_) found(name, use.entries);
    }

private:
    struct Use {
        std::size_t entries = 0;
        DumpId latest = 0;  // of them
    };

    MemoryBudget budget_;
    sql::ByName<Use> uses_;
};

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
    const FindNeeded find = finder_of(kind);
    const sql::Dialect dialect = dialect_of(toc);
    NameCounts names(toc);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].dropped()) continue;
        find(toc, toc[i], dialect, [&](Bytes name) { names.add(name, toc[i].dump_id()); });
    }
    names.for_each([&](Bytes name, std::size_t entries) {
        if (!is_brought(kind, name)) found(name, entries);
    });
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

bool has_owner_command(const TocEntry& entry) {
    return !entry.text(Field::drop_stmt).value_or("").empty() &&
           facts_of(entry.kind()).ownership != Ownership::silent;
}

}  // namespace pgfilter
