// SPDX-License-Identifier: PostgreSQL
// The entries of a table of contents, and the edits of them.
#include "pgfilter/toc.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "archive/entry_writer.hpp"
#include "archive/primitive_reader.hpp"
#include "archive/toc_access.hpp"
#include "archive/toc_builder.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {

Toc::Toc(const Layout& layout) : state_(std::make_unique<State>()) {
    state_->layout = layout;
    state_->written_minor = layout.version.minor;
}
Toc::Toc(Toc&&) noexcept = default;
Toc::~Toc() = default;

const Layout& Toc::layout() const noexcept {
    return state_->layout;
}
std::uint8_t Toc::written_minor() const noexcept {
    return state_->written_minor;
}
std::size_t Toc::size() const noexcept {
    return state_->entries.size();
}
TocEntry& Toc::operator[](std::size_t index) noexcept {
    return state_->entries[index];
}
const TocEntry& Toc::operator[](std::size_t index) const noexcept {
    return state_->entries[index];
}
void TocAccess::prefetch(const Toc& toc, std::size_t index) noexcept {
    if (index >= toc.state_->entries.size()) return;
    const TocEntry& entry = toc.state_->entries[index];
    __builtin_prefetch(entry.stored_);
    __builtin_prefetch(entry.stored_ + entry.namespace_at_);
    __builtin_prefetch(entry.stored_ + entry.stored_size_ - 1);
}
bool Toc::rewritten() const noexcept {
    return state_->changed || state_->dropped > 0 || state_->written_minor != state_->layout.version.minor;
}
std::size_t Toc::dropped_count() const noexcept {
    return state_->dropped;
}
std::size_t Toc::read_size() const noexcept {
    return state_->read;
}
Text Toc::encoding() const {
    return state_->encoding ? state_->entries[*state_->encoding].defn() : std::nullopt;
}
Text Toc::standard_strings() const {
    return state_->standard_strings ? state_->entries[*state_->standard_strings].defn() : std::nullopt;
}
std::size_t Toc::at(std::size_t place) const noexcept {
    return state_->order.empty() ? place : state_->order[place];
}

std::optional<std::size_t> Toc::find(DumpId id) const noexcept {
    if (const auto place = state_->index.find(id)) return place;
    const auto& added = state_->added_index;
    const auto found = std::lower_bound(added.begin(), added.end(), std::pair(id, std::uint32_t{0}));
    if (found == added.end() || found->first != id) return std::nullopt;
    return found->second;
}

void TocBuilder::append(Toc& toc, Bytes stored) {
    const Layout& layout = toc.state_->layout;
    TocEntry& entry = toc.state_->entries.add();
    entry.set_layout(layout);
    entry.set_stored(stored);
    entry.dump_id_ = entry.number(Field::dump_id);
    entry.has_data_ = entry.number(Field::had_dumper) != 0;
    const auto place = static_cast<std::uint32_t>(toc.state_->read++);
    if (entry.kind() == EntryKind::encoding) toc.state_->encoding = place;
    if (entry.kind() == EntryKind::standard_strings) toc.state_->standard_strings = place;
    toc.state_->read_bytes += stored.size();
}

std::optional<std::size_t> TocBuilder::index_by_dump_id(Toc& toc) {
    return toc.state_->index.build(toc.size(), [&](std::size_t place) { return toc[place].dump_id(); });
}

void Toc::drop(TocEntry& entry, EditorId editor) {
    if (entry.dropped_) return;
    entry.dropped_ = true;
    entry.editor_ = editor & last_editor;
    ++state_->dropped;
}

void Toc::drop_data(TocEntry& entry, EditorId editor) {
    if (!entry.has_data()) throw ContractError("drop_data(): " + entry.label() + " has no data");
    if (entry.data_dropped_) return;
    entry.data_dropped_ = true;
    std::string none;
    wire::append_int(none, 0, state_->layout);
    add_edit(entry, Field::had_dumper, editor, none.size(), [&](const auto& put) { put(none); });
    set_text(entry, Field::copy_stmt, std::nullopt, editor);
}

namespace {

/// The largest text that the format can hold, whose length is an int.
constexpr std::size_t longest_text = std::numeric_limits<std::int32_t>::max();

void demand_text_field(Field field) {
    if (format_of(field).kind != FieldKind::text)
        throw ContractError(std::string("set_text(): ") + format_of(field).name + " is no text");
}

void demand_length(const TocEntry& entry, std::size_t size) {
    if (size > longest_text)
        throw Error(ErrorCode::limit, "a text has become too large").in_entry(entry.label());
}

}  // namespace

bool Toc::set_text(TocEntry& entry, Field field, Text value, EditorId editor) {
    demand_text_field(field);
    if (!value && !format_of(field).may_be_null)
        throw ContractError(std::string("set_text(): ") + format_of(field).name + " cannot be NULL");
    if (value) demand_length(entry, value->size());
    if (!has_field(state_->layout, field) || entry.text(field) == value) return false;
    if (value) {
        add_text(entry, field, editor, value->size(), [&](const auto& put) { put(*value); });
        return true;
    }
    std::string& encoded = state_->small_field;
    encoded.clear();
    wire::append_text(encoded, std::nullopt, state_->layout);
    put_small_edit(entry, field, editor, encoded);
    note_change(entry, field);
    return true;
}

// `pieces` may come from the text that the entry has.
void Toc::add_text(TocEntry& entry, Field field, EditorId editor, std::size_t size, const Pieces& pieces) {
    constexpr std::size_t small = 64;
    std::string& encoded = state_->small_field;
    encoded.clear();
    wire::append_text_length(encoded, size, state_->layout);
    if (size <= small) {
        pieces([&](Bytes piece) { encoded += piece; });
        put_small_edit(entry, field, editor, encoded);
    } else {
        add_edit(entry, field, editor, encoded.size() + size, [&](const auto& put) {
            put(encoded);
            pieces(put);
        });
    }
    note_change(entry, field);
}

void Toc::note_change(TocEntry& entry, Field field) {
    if (field == Field::defn) entry.cache_ = 0;
    if (field == Field::desc) entry.kind_ = kind_of(*entry.text(Field::desc));
}

// In the place of an earlier edit if it fits there: several rules may each give a million entries an owner.
void Toc::put_small_edit(TocEntry& entry, Field field, EditorId editor, Bytes encoded) {
    auto* const earlier = const_cast<FieldEdit*>(entry.find_edit(field));
    if (earlier != nullptr && encoded.size() <= earlier->size) {
        std::copy(encoded.begin(), encoded.end(), const_cast<char*>(earlier->encoded().data()));
        earlier->size = static_cast<std::uint32_t>(encoded.size());
        earlier->editor = editor & last_editor;
        return;
    }
    const FieldEdit edit{entry.edits_, static_cast<std::uint32_t>(encoded.size()), editor & last_editor,
                         field};
    entry.add_edit(state_->arena.open_with(edit, encoded.size()));
    state_->arena.append(encoded);
    state_->arena.close();
    state_->changed = true;
}

bool Toc::edit_text(TocEntry& entry, Field field, const Splices& splices, EditorId editor) {
    demand_text_field(field);
    if (splices.empty() || !has_field(state_->layout, field)) return false;
    const Text old = entry.text(field);
    if (!old) throw ContractError(std::string("edit_text(): ") + format_of(field).name + " is NULL");
    std::size_t size = 0;
    bool same = true;
    splices.apply(*old, [&](Bytes piece) {
        same = same && old->substr(std::min(size, old->size())).starts_with(piece);
        size += piece.size();
    });
    if (same && size == old->size()) return false;
    demand_length(entry, size);
    add_text(entry, field, editor, size, [&](const auto& put) { splices.apply(*old, put); });
    return true;
}

bool Toc::set_number(TocEntry& entry, Field field, std::int32_t value, EditorId editor) {
    if (field != Field::section && field != Field::relkind)
        throw ContractError(std::string("set_number(): ") + format_of(field).name +
                            " is not section or relkind");
    if (!has_field(state_->layout, field) || entry.number(field) == value) return false;
    std::string& encoded = state_->small_field;
    encoded.clear();
    wire::append_int(encoded, value, state_->layout);
    put_small_edit(entry, field, editor, encoded);
    return true;
}

void Toc::set_dependencies(TocEntry& entry, const std::vector<DumpId>& ids, EditorId editor) {
    for (const DumpId id : ids) {
        if (id < 0) throw ContractError("set_dependencies(): " + std::to_string(id) + " is no dump ID");
    }
    const auto append = [&](std::string& to, Text id) { wire::append_text(to, id, state_->layout); };
    constexpr std::size_t few = 16;
    std::string& encoded = state_->small_field;
    if (ids.size() <= few) {
        encoded.clear();
        for (const DumpId id : ids) append(encoded, std::to_string(id));
        append(encoded, std::nullopt);
        return put_small_edit(entry, Field::dependencies, editor, encoded);
    }
    const auto encode = [&](const std::function<void(Bytes)>& put) {
        const auto put_one = [&](Text id) {
            encoded.clear();
            append(encoded, id);
            put(encoded);
        };
        for (const DumpId id : ids) put_one(std::to_string(id));
        put_one(std::nullopt);
    };
    std::size_t size = 0;
    encode([&](Bytes piece) { size += piece.size(); });
    add_edit(entry, Field::dependencies, editor, size, encode);
}

void Toc::add_edit(TocEntry& entry, Field field, EditorId editor, std::size_t size, const Pieces& encoded) {
    if (size > std::numeric_limits<std::uint32_t>::max())
        throw Error(ErrorCode::limit, "a field has become too large").in_entry(entry.label());
    const FieldEdit edit{entry.edits_, static_cast<std::uint32_t>(size), editor & last_editor, field};
    entry.add_edit(state_->arena.open_with(edit, size));
    encoded([&](Bytes piece) { state_->arena.append(piece); });
    state_->arena.close();
    state_->changed = true;
}

// Larger than those of earlier copies, so that these stay sorted.
DumpId Toc::unused_dump_id() const {
    constexpr DumpId high = std::numeric_limits<DumpId>::max() / 2;
    const DumpIdIndex& index = state_->index;
    const DumpId latest = state_->added_index.empty() ? 0 : state_->added_index.back().first;
    if (index.largest() <= high) return std::max(index.largest(), latest) + 1;
    DumpId id = latest + 1;
    while (index.find(id)) ++id;
    return id;
}

// A group of large objects takes a few bytes for each, its privileges a statement for each and role.
void Toc::account_for_copy(const TocEntry& original, std::size_t more) {
    constexpr std::uint64_t always = 64 << 20;
    constexpr std::uint64_t factor = 64;
    state_->added_bytes += original.stored().size() + more;
    const auto past = [&](const char* limit, std::uint64_t value) {
        return Error(ErrorCode::limit, "the table of contents grows by copies of entries past the limit" +
                                           setting(limit, value))
            .in_entry(original.label());
    };
    if (size() >= state_->most_entries) throw past("entries", state_->most_entries);
    if (state_->read_bytes + state_->added_bytes > state_->most_bytes)
        throw past("toc-bytes", state_->most_bytes);
    if (state_->added_bytes > always + factor * state_->read_bytes)
        throw Error(ErrorCode::limit,
                    "copies of entries multiply beyond reason; the archive is not one of pg_dump's")
            .in_entry(original.label());
}

std::size_t Toc::add_copy(std::size_t index, EditorId editor, std::size_t more) {
    if (state_->entries[index].has_data()) throw ContractError("an entry with data cannot be copied");
    account_for_copy(state_->entries[index], more);
    const DumpId id = unused_dump_id();
    std::string stored;
    wire::append_int(stored, id, state_->layout);
    const std::size_t width = stored.size();
    std::size_t skipped = 0;
    EntryWriter::write(state_->entries[index], std::nullopt, state_->layout.version.minor, [&](Bytes piece) {
        const std::size_t skip = std::min(piece.size(), width - skipped);
        skipped += skip;
        stored += piece.substr(skip);
    });
    state_->arena.append(stored);
    TocEntry copy;
    const Bytes kept = state_->arena.close();
    copy.set_layout(state_->layout);
    copy.set_stored(kept);
    copy.dump_id_ = id;
    copy.added_ = true;
    copy.editor_ = editor & last_editor;
    const std::size_t place = state_->entries.size();
    const std::size_t unplaced = place - state_->copies.size();
    const std::size_t original = index < unplaced ? index : state_->copies[index - unplaced].first;
    state_->entries.add(copy);
    state_->added_index.emplace_back(id, static_cast<std::uint32_t>(place));
    state_->copies.emplace_back(static_cast<std::uint32_t>(original), static_cast<std::uint32_t>(place));
    state_->changed = true;
    return place;
}

void Toc::demand_permutation(const std::vector<std::uint32_t>& order) const {
    if (order.size() != size())
        throw ContractError("set_order(): " + std::to_string(order.size()) + " indexes for " +
                            std::to_string(size()) + " entries");
    std::vector<bool> seen(size());
    for (const std::uint32_t index : order) {
        if (index >= size())
            throw ContractError("set_order(): no entry has the index " + std::to_string(index));
        if (seen[index])
            throw ContractError("set_order(): the index " + std::to_string(index) + " comes twice");
        seen[index] = true;
    }
}

// Blocks pass in the order of the input: offsets that are computed in advance rely on it.
void Toc::demand_order_of_data(const std::vector<std::uint32_t>& order) const {
    std::size_t place = 0;
    for (const std::uint32_t index : order) {
        if (!state_->entries[index].keeps_data()) continue;
        while (!state_->entries[at(place)].keeps_data()) ++place;
        if (at(place++) != index)
            throw ContractError("set_order(): " + state_->entries[index].label() +
                                " has data and leaves the order of the entries with data");
    }
}

void Toc::set_order(std::vector<std::uint32_t> order) {
    demand_permutation(order);
    place_copies();
    demand_order_of_data(order);
    if (state_->order.empty() && std::is_sorted(order.begin(), order.end())) return;
    state_->order = std::move(order);
    state_->changed = true;
}

void Toc::place_copies() {
    auto& copies = state_->copies;
    if (copies.empty()) return;
    const auto by_original = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(copies.begin(), copies.end(), by_original);
    std::vector<std::uint32_t> order;
    order.reserve(size());
    for (std::size_t place = 0; place < size() - copies.size(); ++place) {
        order.push_back(static_cast<std::uint32_t>(at(place)));
        const std::pair<std::uint32_t, std::uint32_t> original(order.back(), 0);
        const auto [first, last] = std::equal_range(copies.begin(), copies.end(), original, by_original);
        for (auto copy = first; copy != last; ++copy) order.push_back(copy->second);
    }
    copies.clear();
    state_->order = std::move(order);
}

std::size_t TocAccess::add_copy(Toc& toc, std::size_t index, EditorId editor, std::size_t more) {
    return toc.add_copy(index, editor, more);
}
void TocAccess::place_copies(Toc& toc) {
    toc.place_copies();
}
void TocAccess::set_written_minor(Toc& toc, std::uint8_t minor) noexcept {
    toc.state_->written_minor = minor;
}

}  // namespace pgfilter
