// One entry: its fields as they were read, and as they are now.
#include <charconv>
#include <limits>
#include <utility>

#include "archive/entry_fields.hpp"
#include "archive/harmless.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

static_assert(sizeof(TocEntry) <= 40, "there can be millions of them");

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

namespace {

/// The encoded form of a field in the fields from `first` on.  REQUIRES: the version has the field.
Bytes find_field_from(Field first, Bytes fields, Field field, const Layout& layout) {
    for (auto i = static_cast<std::size_t>(first);; ++i) {
        const FieldFormat& format = field_formats[i];
        if (format.field == field) return take_field(fields, format.kind, layout);
        if (has_field(layout, format.field)) take_field(fields, format.kind, layout);
    }
}

}  // namespace

Bytes TocEntry::stored_field(Field field) const {
    if (!has_field(*layout_, field)) return {};
    if (field >= Field::namespace_ && namespace_at_ > 0)
        return find_field_from(Field::namespace_, stored().substr(namespace_at_), field, *layout_);
    if (field >= Field::desc && desc_at_ > 0)
        return find_field_from(Field::desc, stored().substr(desc_at_), field, *layout_);
    return find_field_from(Field::dump_id, stored(), field, *layout_);
}

void TocEntry::set_stored(Bytes stored) {
    if (stored.size() > std::numeric_limits<std::uint32_t>::max())
        throw Error(ErrorCode::limit, "an entry is larger than 4 GiB");
    stored_ = stored.data();
    stored_size_ = static_cast<std::uint32_t>(stored.size());
    const auto place_of = [&](Field field) {
        return static_cast<std::uint32_t>(stored_field(field).data() - stored_);
    };
    constexpr std::uint32_t desc_at_limit = 1U << 12;
    const std::uint32_t desc_at = place_of(Field::desc);
    desc_at_ = desc_at < desc_at_limit ? desc_at & (desc_at_limit - 1) : 0;
    namespace_at_ = place_of(Field::namespace_);
}

Text TocEntry::original_text(Field field) const {
    Bytes encoded = stored_field(field);
    if (encoded.empty()) return std::nullopt;
    return wire::take_text(encoded, *layout_);
}

// Asked of every entry by every rule, and hardly ever edited.
Bytes TocEntry::desc() const {
    if (desc_at_ == 0 || find_edit(edits_, Field::desc) != nullptr)
        return text(Field::desc).value_or(Bytes());
    Bytes encoded = stored().substr(desc_at_);
    return wire::take_text(encoded, *layout_).value_or(Bytes());
}

Text TocEntry::text(Field field) const {
    const FieldEdit* edit = find_edit(edits_, field);
    if (edit == nullptr) return original_text(field);
    Bytes encoded = edit->encoded();
    return wire::take_text(encoded, *layout_);
}

namespace {

std::vector<DumpId> decode_dependencies(Bytes encoded, const Layout& layout) {
    constexpr std::size_t large = 4096;
    std::vector<DumpId> ids;
    if (encoded.size() > large) {  // a vector that grows takes three times its size
        std::size_t count = 0;
        for (Bytes rest = encoded; wire::take_text(rest, layout);) ++count;
        ids.reserve(count);
    }
    while (const Text text = wire::take_text(encoded, layout)) {
        DumpId id = 0;
        std::from_chars(text->data(), text->data() + text->size(), id);
        ids.push_back(id);
    }
    return ids;
}

}  // namespace

std::vector<DumpId> TocEntry::dependencies() const {
    const FieldEdit* edit = find_edit(edits_, Field::dependencies);
    return edit == nullptr ? original_dependencies() : decode_dependencies(edit->encoded(), *layout_);
}

std::vector<DumpId> TocEntry::original_dependencies() const {
    return decode_dependencies(stored_field(Field::dependencies), *layout_);
}

std::int32_t TocEntry::number(Field field) const {
    const Bytes encoded = stored_field(field);
    return encoded.empty() ? 0 : wire::decode_int(encoded);
}

DataOffset TocEntry::data_offset() const {
    return wire::decode_offset(stored().substr(stored_size_ - wire::offset_width(*layout_)));
}

std::optional<EditorId> TocEntry::changed_by(Field field) const {
    const FieldEdit* edit = find_edit(edits_, field);
    return edit == nullptr ? std::nullopt : std::optional(edit->editor);
}

std::string TocEntry::label() const {
    constexpr std::size_t longest = 200;
    std::string name(desc().substr(0, longest));
    for (const Text part : {namespace_(), Text(tag())}) {
        if (part && !part->empty()) name.append(" ").append(part->substr(0, longest));
    }
    name = harmless(std::move(name));
    if (name.size() > longest) name.resize(longest);
    return "entry " + std::to_string(dump_id_) + " (" + name + ")";
}

}  // namespace pgfilter
