#include "pgfilter/toc.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "archive/entry_fields.hpp"
#include "archive/harmless.hpp"
#include "archive/toc_builder.hpp"

namespace pgfilter {

Bytes take_field(Bytes& rest, FieldKind kind, const Layout& layout) {
    const Bytes all = rest;
    switch (kind) {
        case FieldKind::integer:
            rest.remove_prefix(wire::int_width(layout));
            break;
        case FieldKind::text:
            wire::take_text(rest, layout);
            break;
        case FieldKind::text_list:
            while (wire::take_text(rest, layout)) {
            }
            break;
        case FieldKind::offset:
            rest.remove_prefix(wire::offset_width(layout));
            break;
    }
    return all.substr(0, all.size() - rest.size());
}

Bytes find_field(Bytes entry, Field field, const Layout& layout) {
    if (!has_field(layout, field)) return {};
    for (const FieldFormat& format : field_formats) {
        if (!has_field(layout, format.field)) continue;
        const Bytes found = take_field(entry, format.kind, layout);
        if (format.field == field) return found;
    }
    return {};
}

Text TocEntry::original_text(Field field) const {
    Bytes encoded = find_field(stored(), field, *layout_);
    if (encoded.empty()) return std::nullopt;
    return wire::take_text(encoded, *layout_);
}

Text TocEntry::text(Field field) const {
    const FieldEdit* edit = find_edit(edits_, field);
    if (edit == nullptr) return original_text(field);
    Bytes encoded = edit->encoded;
    return wire::take_text(encoded, *layout_);
}

std::vector<DumpId> TocEntry::dependencies() const {
    const FieldEdit* edit = find_edit(edits_, Field::dependencies);
    Bytes encoded = edit != nullptr ? edit->encoded : find_field(stored(), Field::dependencies, *layout_);
    std::vector<DumpId> ids;
    while (const Text text = wire::take_text(encoded, *layout_)) {
        DumpId id = 0;
        std::from_chars(text->data(), text->data() + text->size(), id);
        ids.push_back(id);
    }
    return ids;
}

DataOffset TocEntry::data_offset() const {
    return wire::decode_offset(stored().substr(stored_size_ - wire::offset_width(*layout_)));
}

std::optional<EditorId> TocEntry::changed_by(Field field) const {
    const FieldEdit* edit = find_edit(edits_, field);
    return edit == nullptr ? std::nullopt : std::optional(edit->editor);
}

std::string TocEntry::label() const {
    std::string name(desc());
    for (const Text part : {namespace_(), Text(tag())}) {
        if (part && !part->empty()) name.append(" ").append(*part);
    }
    name = harmless(std::move(name));
    constexpr std::size_t longest = 200;
    if (name.size() > longest) name.resize(longest);
    return "entry " + std::to_string(dump_id_) + " (" + name + ")";
}

Toc::Toc(const Layout& layout) : state_(std::make_unique<State>()) {
    state_->layout = layout;
}
Toc::Toc(Toc&&) noexcept = default;
Toc& Toc::operator=(Toc&&) noexcept = default;
Toc::~Toc() = default;

const Layout& Toc::layout() const noexcept {
    return state_->layout;
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
bool Toc::rewritten() const noexcept {
    return state_->changed || state_->dropped > 0;
}
std::size_t Toc::dropped_count() const noexcept {
    return state_->dropped;
}

std::optional<std::size_t> Toc::find(DumpId id) const noexcept {
    const auto& index = state_->index;
    const auto found = std::lower_bound(index.begin(), index.end(), std::pair<DumpId, std::uint32_t>(id, 0));
    if (found == index.end() || found->first != id) return std::nullopt;
    return found->second;
}

void TocBuilder::append(Toc& toc, Bytes stored) {
    const Layout& layout = toc.state_->layout;
    TocEntry& entry = toc.state_->entries.emplace_back();
    entry.layout_ = &layout;
    entry.stored_ = stored.data();
    entry.stored_size_ = stored.size();
    entry.dump_id_ = wire::decode_int(find_field(stored, Field::dump_id, layout));
    entry.has_data_ = wire::decode_int(find_field(stored, Field::had_dumper, layout)) != 0;
}

std::optional<std::size_t> TocBuilder::index_by_dump_id(Toc& toc) {
    auto& index = toc.state_->index;
    index.reserve(toc.size());
    for (std::size_t i = 0; i < toc.size(); ++i)
        index.emplace_back(toc[i].dump_id(), static_cast<std::uint32_t>(i));
    std::sort(index.begin(), index.end());
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    const auto twice = std::adjacent_find(index.begin(), index.end(), same);
    if (twice == index.end()) return std::nullopt;
    return std::next(twice)->second;
}

void Toc::drop(TocEntry& entry, EditorId editor) {
    if (entry.dropped_) return;
    entry.dropped_ = true;
    entry.dropped_by_ = editor;
    ++state_->dropped;
}

bool Toc::set_text(TocEntry& entry, Field field, Text value, EditorId editor) {
    if (!has_field(state_->layout, field) || entry.text(field) == value) return false;
    std::string encoded;
    wire::append_text(encoded, value, state_->layout);
    add_edit(entry, field, encoded, editor);
    return true;
}

void Toc::set_dependencies(TocEntry& entry, const std::vector<DumpId>& ids, EditorId editor) {
    std::string encoded;
    for (const DumpId id : ids) wire::append_text(encoded, std::to_string(id), state_->layout);
    wire::append_text(encoded, std::nullopt, state_->layout);
    add_edit(entry, Field::dependencies, encoded, editor);
}

void Toc::add_edit(TocEntry& entry, Field field, Bytes encoded, EditorId editor) {
    const Bytes kept = state_->arena.keep(encoded);
    entry.edits_ = state_->arena.make(FieldEdit{entry.edits_, kept, field, editor});
    state_->changed = true;
}

}  // namespace pgfilter
