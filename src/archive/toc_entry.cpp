// SPDX-License-Identifier: PostgreSQL
// One entry: its fields as they were read, and as they are now.
#include <charconv>
#include <limits>
#include <utility>

#include "archive/entry_fields.hpp"
#include "bytes/harmless.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

static_assert(sizeof(TocEntry) <= 40, "there can be millions of them");

namespace {

constexpr std::size_t usual_int_width = 5;

/// The fields from `field` on, of those from `first` on.  Rules spend much of their time on this walk.
/// REQUIRES: the version has the field.
Bytes skip_to(Field field, Field first, Bytes fields, const Layout& layout) {
    const bool is_usual = wire::int_width(layout) == usual_int_width;
    for (auto i = static_cast<std::size_t>(first); field_formats[i].field != field; ++i) {
        const FieldFormat& format = field_formats[i];
        if (layout.version.minor < format.since_minor) continue;
        if (is_usual && format.kind == FieldKind::text) {
            const std::int32_t length = wire::decode_int(fields.substr(0, usual_int_width));
            fields.remove_prefix(usual_int_width + (length > 0 ? static_cast<std::size_t>(length) : 0));
        } else if (is_usual && format.kind == FieldKind::integer) {
            fields.remove_prefix(usual_int_width);
        } else {
            take_field(fields, format.kind, layout);
        }
    }
    return fields;
}

}  // namespace

Bytes TocEntry::stored_from(Field field) const {
    Field first = Field::dump_id;
    std::size_t at = 0;
    if (field >= Field::owner && owner_behind_namespace_ > 0) {
        first = Field::owner;
        at = namespace_at_ + owner_behind_namespace_;
    } else if (field >= Field::namespace_ && namespace_at_ > 0) {
        first = Field::namespace_;
        at = namespace_at_;
    } else if (field >= Field::desc && desc_at_ > 0) {
        first = Field::desc;
        at = desc_at_;
    } else if (field >= Field::tag && tag_at_ > 0) {
        first = Field::tag;
        at = tag_at_;
    }
    const Bytes fields(stored_ + at, stored_size_ - at);
    return first == field ? fields : skip_to(field, first, fields, layout());
}

Bytes TocEntry::stored_field(Field field) const {
    if (!has_field(layout(), field)) return {};
    Bytes rest = stored_from(field);
    // Behind the dependencies there is only the data offset.
    if (field == Field::dependencies) return rest.substr(0, rest.size() - wire::offset_width(layout()));
    return take_field(rest, format_of(field).kind, layout());
}

void TocEntry::set_stored(Bytes stored) {
    if (stored.size() > std::numeric_limits<std::uint32_t>::max())
        throw Error(ErrorCode::limit, "an entry is larger than 4 GiB");
    stored_ = stored.data();
    stored_size_ = static_cast<std::uint32_t>(stored.size());
    const auto place_of = [&](Field field) {
        return static_cast<std::uint32_t>(stored_from(field).data() - stored_);
    };
    constexpr std::uint32_t desc_at_limit = 1U << 12;
    const std::uint32_t tag_at = place_of(Field::tag);
    tag_at_ = tag_at <= std::numeric_limits<std::uint8_t>::max() ? static_cast<std::uint8_t>(tag_at) : 0;
    const std::uint32_t desc_at = place_of(Field::desc);
    desc_at_ = desc_at < desc_at_limit ? desc_at & (desc_at_limit - 1) : 0;
    kind_ = kind_of(original_text(Field::desc).value_or(Bytes()));
    namespace_at_ = place_of(Field::namespace_);
    const std::uint32_t behind = place_of(Field::owner) - namespace_at_;
    owner_behind_namespace_ =
        behind <= std::numeric_limits<std::uint8_t>::max() ? static_cast<std::uint8_t>(behind) : 0;
}

void TocEntry::set_layout(const Layout& layout) noexcept {
    version_minor_ = layout.version.minor & 63U;
    int_size_ = layout.int_size & 63U;
    offset_size_ = layout.offset_size & 63U;
}

Text TocEntry::original_text(Field field) const {
    if (!has_field(layout(), field)) return std::nullopt;
    Bytes rest = stored_from(field);
    return wire::take_text(rest, layout());
}

namespace {

std::uint8_t bit_of(Field field) noexcept {
    return static_cast<std::uint8_t>(1U << (static_cast<unsigned>(field) % 8));
}

}  // namespace

// Edits lie far from the entry, so that even to see that none is of the field takes time.
const FieldEdit* TocEntry::find_edit(Field field) const noexcept {
    if ((edited_ & bit_of(field)) == 0) return nullptr;
    const FieldEdit* edit = edits_;
    while (edit != nullptr && edit->field != field) edit = edit->next;
    return edit;
}

void TocEntry::add_edit(const FieldEdit* edit) noexcept {
    edits_ = edit;
    edited_ |= bit_of(edit->field);
}

Text TocEntry::text(Field field) const {
    const FieldEdit* edit = find_edit(field);
    if (edit == nullptr) return original_text(field);
    Bytes encoded = edit->encoded();
    return wire::take_text(encoded, layout());
}

namespace {

void decode_dependencies(Bytes encoded, const Layout& layout, std::vector<DumpId>& ids) {
    constexpr std::size_t large = 4096;
    ids.clear();
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
}

}  // namespace

std::vector<DumpId> TocEntry::dependencies() const {
    std::vector<DumpId> ids;
    dependencies(ids);
    return ids;
}

void TocEntry::dependencies(std::vector<DumpId>& ids) const {
    const FieldEdit* edit = find_edit(Field::dependencies);
    decode_dependencies(edit == nullptr ? stored_field(Field::dependencies) : edit->encoded(), layout(), ids);
}

std::vector<DumpId> TocEntry::original_dependencies() const {
    std::vector<DumpId> ids;
    decode_dependencies(stored_field(Field::dependencies), layout(), ids);
    return ids;
}

std::int32_t TocEntry::number(Field field) const {
    const FieldEdit* const edit = find_edit(field);
    const Bytes encoded = edit == nullptr ? stored_field(field) : edit->encoded();
    return encoded.empty() ? 0 : wire::decode_int(encoded);
}

DataOffset TocEntry::data_offset() const {
    return wire::decode_offset(stored().substr(stored_size_ - wire::offset_width(layout())));
}

std::optional<EditorId> TocEntry::changed_by(Field field) const {
    const FieldEdit* edit = find_edit(field);
    return edit == nullptr ? std::nullopt : std::optional(edit->editor);
}

std::string TocEntry::label() const {
    constexpr std::size_t longest = 200;
    std::string name(desc().substr(0, longest));
    for (const Text part : {namespace_(), Text(tag())}) {
        if (part && !part->empty()) name.append(" ").append(part->substr(0, longest));
    }
    if (name.size() > longest) name.resize(longest);
    name = harmless(std::move(name));
    return "entry " + std::to_string(dump_id_) + " (" + name + ")";
}

}  // namespace pgfilter
