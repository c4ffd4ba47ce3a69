// SPDX-License-Identifier: PostgreSQL
#include "rules/makers.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "archive/dialect.hpp"
#include "archive/toc_access.hpp"
#include "rules/configuration_tables.hpp"
#include "rules/extension_members.hpp"
#include "rules/membership.hpp"
#include "rules/name_index.hpp"
#include "sql/clauses.hpp"

namespace pgfilter {
namespace {

/// 0: none.
std::uint32_t oid_of(const TocEntry& entry) {
    const Bytes text = entry.text(Field::oid).value_or("");
    std::uint32_t oid = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), oid);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? oid : 0;
}

/// The object that a foundling is of, which is no entry of the archive.
DumpId object_of(const TocEntry& entry) {
    const std::vector<DumpId> ids = entry.dependencies();
    return ids.empty() ? 0 : ids.front();
}

}  // namespace

std::string schema_of_extension(const TocEntry& extension, sql::Dialect dialect) {
    return sql::find_extension_option(extension.defn().value_or(""), "schema", dialect).value_or("");
}

Makers::Makers(const Toc& toc) : toc_(toc) {
    const sql::Dialect dialect = dialect_of(toc);
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (toc[i].kind() != EntryKind::extension) continue;
        extensions_.push_back(
            {static_cast<Index>(i), oid_of(toc[i]), toc[i].tag(), schema_of_extension(toc[i], dialect)});
    }
    std::set<Bytes> names;
    std::vector<Index> roaming;
    for (Index place = 0; place < extensions_.size(); ++place) {
        const Extension& extension = extensions_[place];
        sets_.push_back({extension.entry});
        anywhere_.homed.push_back(place);
        if (!extension.schema.empty()) schemas_[extension.schema].homed.push_back(place);
        if (tables_of(extension.name) == OwnTables::listed && names.insert(extension.name).second)
            listed_.push_back(place);
        if (!is_confined(extension.name)) roaming.push_back(place);
    }
    // What is not in the schema of any can be of one whose script names schemas of its own.
    const std::vector<Index> unlisted = with_tables(anywhere_.homed, true);
    anywhere_.all = make_set(roaming);
    anywhere_.with_tables = make_set(unlisted.empty() ? with_tables(anywhere_.homed, false) : unlisted);
    for (auto& [name, schema] : schemas_) {
        const std::vector<Index> making = with_tables(schema.homed, !unlisted.empty());
        schema.all = make_set(schema.homed);
        schema.with_tables = making.empty() ? anywhere_.with_tables : make_set(making);
    }
}

// One whose tables are known has made no others, unless a later version has and nobody else can have.
std::vector<Makers::Index> Makers::with_tables(const std::vector<Index>& extensions, bool unlisted) const {
    const OwnTables wanted = unlisted ? OwnTables::unknown : OwnTables::listed;
    std::vector<Index> making;
    for (const Index place : extensions) {
        if (tables_of(extensions_[place].name) == wanted) making.push_back(place);
    }
    return making;
}

Makers::Set Makers::make_set(const std::vector<Index>& extensions) {
    if (extensions.size() == 1) return extensions.front();
    const auto [known, fresh] = of_several_.try_emplace(extensions, static_cast<Set>(sets_.size()));
    if (fresh) {
        std::vector<Index>& entries = sets_.emplace_back();
        for (const Index place : extensions) entries.push_back(extensions_[place].entry);
    }
    return known->second;
}

void Makers::add(Index entry, std::optional<std::string> relation) {
    foundlings_.push_back({entry, 0, std::move(relation)});
}

Bytes Makers::schema_of(const Foundling& foundling) const {
    const TocEntry& entry = toc_[foundling.entry];
    constexpr Bytes kind = "SCHEMA ";
    if (pgfilter::schema_of(entry).empty() && entry.tag().starts_with(kind))
        return entry.tag().substr(kind.size());
    return pgfilter::schema_of(entry);
}

void Makers::decide() {
    std::map<Bytes, std::optional<Set>> scripts;  // by schema: whose it is
    for (Foundling& foundling : foundlings_) {
        const auto [script, fresh] = scripts.try_emplace(schema_of(foundling));
        if (fresh) script->second = find_script(script->first);
        const auto known = script->second ? script->second : find_known(foundling);
        foundling.set = known ? *known : narrow(foundling);
    }
    const auto is_open = [&](const Foundling& foundling) { return this->is_open(foundling); };
    if (std::none_of(foundlings_.begin(), foundlings_.end(), is_open)) return;
    decide_by_oid();
    decide_by_object();
    decide_by_table();
    decide_sequences();
    decide_by_schema();
}

std::optional<Makers::Set> Makers::find_script(Bytes schema) const {
    const auto is_its = [&](Index place) { return is_schema_of_script(extensions_[place].name, schema); };
    const auto found = std::find_if(listed_.begin(), listed_.end(), is_its);
    return found == listed_.end() ? std::nullopt : std::optional<Set>(*found);
}

std::optional<Makers::Set> Makers::find_known(const Foundling& foundling) const {
    if (!foundling.relation) return std::nullopt;
    const auto is_its = [&](Index place) {
        const Extension& extension = extensions_[place];
        return is_configuration_table(extension.name, extension.schema, schema_of(foundling),
                                      *foundling.relation);
    };
    const auto found = std::find_if(listed_.begin(), listed_.end(), is_its);
    return found == listed_.end() ? std::nullopt : std::optional<Set>(*found);
}

// Views have privileges and comments as well.  A schema that an extension is in was there before it.
Makers::Set Makers::narrow(const Foundling& foundling) {
    constexpr EntryKinds of_tables = EntryKind::table_data | EntryKind::sequence_set |
                                     EntryKind::statistics_data | EntryKind::policy | EntryKind::row_security;
    const TocEntry& entry = toc_[foundling.entry];
    const bool is_schema = pgfilter::schema_of(entry).empty();
    const auto here = is_schema ? schemas_.end() : schemas_.find(schema_of(foundling));
    const OfSchema& sets = here == schemas_.end() ? anywhere_ : here->second;
    if (of_tables.has(entry.kind())) return sets.with_tables;
    for (const Bytes kind : {"FUNCTION ", "PROCEDURE ", "AGGREGATE "}) {
        if (here == schemas_.end() || !entry.tag().starts_with(kind)) continue;
        const Bytes name = entry.tag().substr(kind.size());
        return narrow_to_members(sets, name.substr(0, name.find('(')));
    }
    return sets.all;
}

// Some extensions are known to make such a function or not to make it.
Makers::Set Makers::narrow_to_members(const OfSchema& schema, Bytes function) {
    constexpr std::size_t most = 200;  // so that there is not a long list for each of many functions
    if (schema.homed.size() > most || sets_[schema.all].size() < 2) return schema.all;
    std::vector<Index> makers;
    std::vector<Index> others;
    for (const Index place : schema.homed) {
        const Makes makes = makes_member(extensions_[place].name, function);
        if (makes == Makes::yes) makers.push_back(place);
        if (makes == Makes::unknown) others.push_back(place);
    }
    return make_set(makers.empty() ? others : makers);
}

bool Makers::is_candidate(const Foundling& foundling, Set extension) const {
    const std::vector<Index>& candidates = sets_[foundling.set];
    return std::binary_search(candidates.begin(), candidates.end(), extensions_[extension].entry);
}

bool Makers::settle(Foundling& foundling, Set extension) {
    if (!is_candidate(foundling, extension)) return false;
    foundling.set = extension;
    return true;
}

// Nothing of the user's stands between an extension and the tables that its script made, but for schemas that
// the script made and let go of.
void Makers::decide_by_oid() {
    constexpr Set none = std::numeric_limits<Set>::max();
    Made made;
    for (Set i = 0; i < extensions_.size(); ++i) {
        if (extensions_[i].oid != 0) made.emplace_back(extensions_[i].oid, i);
    }
    constexpr EntryKinds others = EntryKind::extension | EntryKind::schema | EntryKind::database |
                                  EntryKind::table_data | EntryKind::blob | EntryKind::blob_metadata |
                                  EntryKind::blobs | EntryKind::other;
    for (std::size_t i = 0; i < toc_.size(); ++i) {
        TocAccess::prefetch(toc_, i + TocAccess::ahead);
        if (others.has(toc_[i].kind())) continue;
        if (const Oid oid = oid_of(toc_[i])) made.emplace_back(oid, none);
    }
    std::sort(made.begin(), made.end());
    for (Foundling& foundling : foundlings_) {
        const Oid oid = is_open(foundling) ? oid_of(toc_[foundling.entry]) : 0;
        if (oid == 0) continue;
        const auto behind = std::upper_bound(made.begin(), made.end(), std::pair{oid, none});
        if (behind == made.begin()) continue;
        if (const Set maker = std::prev(behind)->second; maker != none) settle(foundling, maker);
    }
}

// Rows of a table, privileges on it and its statistics name the same object.
void Makers::decide_by_object() {
    std::map<DumpId, Set> makers;
    for (const Foundling& foundling : foundlings_) {
        if (is_decided(foundling)) makers.emplace(object_of(toc_[foundling.entry]), foundling.set);
    }
    for (Foundling& foundling : foundlings_) {
        if (!is_open(foundling)) continue;
        const auto known = makers.find(object_of(toc_[foundling.entry]));
        if (known != makers.end()) settle(foundling, known->second);
    }
}

// Keys and sequences that PostgreSQL has named itself begin with the name of their table.
void Makers::decide_by_table() {
    constexpr std::size_t longest = 256;  // of names that can be one, with room
    std::map<std::pair<Bytes, Bytes>, Set> tables;
    for (const Foundling& foundling : foundlings_) {
        if (is_decided(foundling) && foundling.relation)
            tables.emplace(std::pair{schema_of(foundling), Bytes(*foundling.relation)}, foundling.set);
    }
    for (Foundling& foundling : foundlings_) {
        if (!is_open(foundling) || !foundling.relation || foundling.relation->size() > longest) continue;
        const Bytes name = *foundling.relation;
        for (std::size_t end = name.rfind('_'); end != Bytes::npos && end > 0;
             end = name.rfind('_', end - 1)) {
            const auto table = tables.find({schema_of(foundling), name.substr(0, end)});
            if (table != tables.end() && settle(foundling, table->second)) break;
        }
    }
}

// Their values have no OID in an archive.  Dump IDs of relations follow their OIDs, so that it lies between
// those of the neighbours.
void Makers::decide_sequences() {
    const std::vector<RelationPlace> places = place_relations();
    Made made;
    for (Set i = 0; i < extensions_.size(); ++i) made.emplace_back(extensions_[i].oid, i);
    std::sort(made.begin(), made.end());
    for (Foundling& foundling : foundlings_) {
        const TocEntry& entry = toc_[foundling.entry];
        if (!is_open(foundling) || entry.kind() != EntryKind::sequence_set) continue;
        const auto behind =
            std::upper_bound(places.begin(), places.end(), object_of(entry),
                             [](DumpId id, const RelationPlace& place) { return id < place.id; });
        const RelationPlace before = behind == places.begin() ? RelationPlace() : *std::prev(behind);
        const Oid end = behind == places.end() ? std::numeric_limits<Oid>::max() : behind->oid;
        const auto last = std::lower_bound(made.begin(), made.end(), std::pair{end, Set{0}});
        if (last != made.begin()) settle_between(foundling, before, made, last);
    }
}

// The last extension that was made in front of the sequence, if there is but one that it can be.
void Makers::settle_between(Foundling& foundling, const RelationPlace& before, const Made& made,
                            Made::const_iterator behind) {
    std::optional<Set> maker;
    constexpr int most = 100;
    for (int steps = 0; behind != made.begin(); ++steps) {
        --behind;
        const bool may_go_on = behind->first > before.oid || before.is_of_extension || !maker;
        if (!may_go_on) break;
        if (steps == most || behind->first == 0) return;
        if (is_candidate(foundling, behind->second)) {
            if (maker) return;
            maker = behind->second;
        }
        if (behind->first < before.oid) break;  // the one that the relation before is of, if any
    }
    if (maker) settle(foundling, *maker);
}

std::vector<Makers::RelationPlace> Makers::place_relations() const {
    constexpr EntryKinds with_place = relations | EntryKind::sequence;
    std::vector<RelationPlace> places;
    for (std::size_t i = 0; i < toc_.size(); ++i) {
        if (with_place.has(toc_[i].kind())) places.push_back({toc_[i].dump_id(), oid_of(toc_[i]), false});
    }
    for (const Foundling& foundling : foundlings_) {
        const TocEntry& entry = toc_[foundling.entry];
        if (entry.kind() == EntryKind::table_data) places.push_back({object_of(entry), oid_of(entry), true});
    }
    std::sort(places.begin(), places.end(),
              [](const RelationPlace& a, const RelationPlace& b) { return a.id < b.id; });
    return places;
}

// Of a schema that a script has made, all is its extension's.
void Makers::decide_by_schema() {
    std::map<Bytes, std::optional<Set>> makers;  // nothing: several
    for (const Foundling& foundling : foundlings_) {
        const Bytes schema = schema_of(foundling);
        if (schema.empty() || schemas_.contains(schema) || !is_decided(foundling)) continue;
        const auto [known, fresh] = makers.try_emplace(schema, foundling.set);
        if (!fresh && known->second != foundling.set) known->second.reset();
    }
    for (Foundling& foundling : foundlings_) {
        if (!is_open(foundling)) continue;
        const auto known = makers.find(schema_of(foundling));
        if (known != makers.end() && known->second) settle(foundling, *known->second);
    }
}

void Makers::for_each(const std::function<void(Index, Candidates)>& found) const {
    for (const Foundling& foundling : foundlings_) found(foundling.entry, sets_[foundling.set]);
}

Makers::Candidates Makers::of_schema(Bytes schema) const {
    const auto here = schemas_.find(schema);
    return here == schemas_.end() ? Candidates() : Candidates(sets_[here->second.all]);
}

}  // namespace pgfilter
