#include "rules/object_pattern.hpp"

#include <algorithm>

#include "pgfilter/error.hpp"
#include "rules/components.hpp"
#include "rules/entry_kind.hpp"
#include "sql/byte_class.hpp"
#include "sql/relation_names.hpp"

namespace pgfilter {
namespace {

using K = EntryKind;

constexpr EntryKinds with_types = K::function | K::procedure | K::aggregate;
constexpr EntryKinds parts_of_tables = K::trigger | K::constraint | K::check_constraint | K::fk_constraint |
                                       K::policy | K::rule | K::default_value;
constexpr EntryKinds nameless =
    K::cast | K::transform | K::user_mapping | K::blob | K::blobs | K::blob_metadata | K::default_acl;

bool is_white(char c) {
    return sql::is(sql::byte_class::blank, c);
}

std::string_view without_blanks_in_front(std::string_view text) {
    while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
    return text;
}

bool starts_with_kind(std::string_view text, Bytes desc) {
    if (text.size() < desc.size()) return false;
    const auto same = [](char a, char b) { return a == sql::upper(b); };
    return std::equal(desc.begin(), desc.end(), text.begin(), same) &&
           (text.size() == desc.size() || is_white(text[desc.size()]));
}

/// How long the longest kind of pg_dump's is that the text starts with.
std::size_t length_of_known_kind(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t i = 0; i < entry_kinds; ++i) {
        const Bytes desc = desc_of(static_cast<EntryKind>(i));
        if (desc.size() > longest && starts_with_kind(text, desc)) longest = desc.size();
    }
    return longest;
}

/// How long the words in capital letters are that the text starts with.
std::size_t length_of_capitals(std::string_view text) {
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    std::size_t length = 0;
    for (std::size_t start = 0; start < text.size();) {
        const auto end =
            std::find_if(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(), is_white);
        const auto stop = static_cast<std::size_t>(end - text.begin());
        const std::string_view word = text.substr(start, stop - start);
        if (word.empty() || !std::all_of(word.begin(), word.end(), is_capital)) break;
        length = stop;
        start = stop + 1;
    }
    return length;
}

/// Without blanks beside punctuation marks, one blank for several, letters outside double quotes in lower
/// case.
std::string normal_types(std::string_view text) {
    std::string normal;
    bool quoted = false;
    bool blank = false;
    const auto is_mark = [](char c) { return std::string_view("(),.[]").find(c) != std::string_view::npos; };
    for (const char c : text) {
        if (!quoted && is_white(c)) {
            blank = true;
            continue;
        }
        if (blank && !is_mark(c) && !normal.empty() && !is_mark(normal.back())) normal += ' ';
        blank = false;
        if (c == '"') quoted = !quoted;
        normal += quoted ? c : sql::lower(c);
    }
    return normal;
}

/// Where the argument types of a routine's tag begin.  The name in front of them is not quoted, a type can
/// be.
std::size_t start_of_types(Bytes tag) {
    bool quoted = false;
    for (std::size_t i = tag.size(); i-- > 0;) {
        if (tag[i] == '"') quoted = !quoted;
        if (tag[i] == '(' && !quoted) return i;
    }
    return tag.size();
}

/// Where they begin in a pattern, in which names are quoted.
std::size_t start_of_types_in(std::string_view pattern) {
    bool quoted = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '"') quoted = !quoted;
        if (pattern[i] == '(' && !quoted) return i;
    }
    return pattern.size();
}

EntryKind first_of(EntryKinds kinds) {
    std::size_t first = 0;
    while (first + 1 < entry_kinds && !kinds.has(static_cast<EntryKind>(first))) ++first;
    return static_cast<EntryKind>(first);
}

}  // namespace

std::optional<KindAndRest> split_kind(std::string_view text) {
    text = without_blanks_in_front(text);
    std::size_t length = length_of_known_kind(text);
    if (length == 0) length = length_of_capitals(text);
    if (length == 0) return std::nullopt;
    return KindAndRest{KindName(text.substr(0, length)),
                       std::string(without_blanks_in_front(text.substr(length)))};
}

ObjectPattern::Form ObjectPattern::form_of(EntryKind kind) {
    if (with_types.has(kind)) return Form::routine;
    if (parts_of_tables.has(kind)) return Form::part;
    if (is_attachment(kind)) return Form::attachment;
    return nameless.has(kind) ? Form::literal : Form::plain;
}

ObjectPattern::ObjectPattern(EntryKinds kinds, const std::string& pattern)
    : ObjectPattern(form_of(first_of(kinds)), kinds, std::nullopt, pattern) {}

ObjectPattern::ObjectPattern(const KindName& kind, const std::string& pattern)
    : ObjectPattern(form_of(kind.kind()), kind.kind() | EntryKind::other, kind, pattern) {}

ObjectPattern::ObjectPattern(Form form, EntryKinds kinds, std::optional<KindName> kind,
                             const std::string& pattern)
    : kinds_(kinds), kind_(std::move(kind)), form_(form), text_(pattern) {
    std::string name = pattern;
    if (form_ == Form::attachment) {
        if (auto split = split_kind(pattern)) {
            object_ = std::move(split->kind);
            name = std::move(split->rest);
        }
    }
    if (form_ == Form::routine || (object_ && with_types.has(object_->kind()))) {
        const std::size_t start = start_of_types_in(name);
        if (start < name.size()) types_ = normal_types(std::string_view(name).substr(start));
        name.resize(start);
        while (!name.empty() && is_white(name.back())) name.pop_back();
    }
    if (pattern.empty()) throw Error(ErrorCode::usage, "a pattern for a name is empty");
    if (form_ == Form::literal || (object_ && name.empty())) return;
    const auto shape =
        form_ == Form::part ? NamePattern::Parts::relation_and_name : NamePattern::Parts::schema_and_name;
    name_.emplace(name, shape);
}

bool ObjectPattern::matches(const TocEntry& entry, sql::Dialect dialect) const {
    if (kind_ ? !kind_->matches(entry) : !kinds_.has(entry.kind())) return false;
    switch (form_) {
        case Form::routine:
            return matches_routine(entry.namespace_().value_or(""), entry.tag());
        case Form::part:
            return matches_part(entry, dialect);
        case Form::attachment:
            return matches_attachment(entry);
        case Form::literal:
            return matches_literally(entry.desc(), entry.tag());
        case Form::plain:
            break;
    }
    return name_->matches(entry.namespace_().value_or(""), entry.tag());
}

bool ObjectPattern::matches_routine(Bytes schema, Bytes tag) const {
    const std::size_t start = start_of_types(tag);
    return name_->matches(schema, tag.substr(0, start)) &&
           (!types_ || *types_ == normal_types(tag.substr(start)));
}

// The tag is "table name"; up to 9.5 it is the name of some kinds alone.
bool ObjectPattern::matches_part(const TocEntry& entry, sql::Dialect dialect) const {
    const auto relation = sql::find_subject(entry.defn().value_or(""), dialect);
    const Bytes schema = entry.namespace_().value_or("");
    const Bytes tag = entry.tag();
    if (!relation) return name_->matches(schema, "", tag);
    const Bytes table = relation->name;
    const bool has_table = tag.size() > table.size() && tag.starts_with(table) && tag[table.size()] == ' ';
    return name_->matches(schema, table, has_table ? tag.substr(table.size() + 1) : tag);
}

bool ObjectPattern::matches_attachment(const TocEntry& entry) const {
    const Bytes tag = entry.tag();
    const auto split = split_kind(tag);
    const Bytes name = split ? Bytes(split->rest) : tag;
    if (object_ && (!split || split->kind.text() != object_->text())) return false;
    if (!name_) return true;
    const Bytes schema = entry.namespace_().value_or("");
    if (split && with_types.has(split->kind.kind())) return matches_routine(schema, name);
    return name_->matches(schema, name) || tag == text_;
}

bool ObjectPattern::matches_literally(Bytes desc, Bytes tag) const {
    if (tag == text_) return true;
    return tag.size() > desc.size() && tag.starts_with(desc) && tag[desc.size()] == ' ' &&
           tag.substr(desc.size() + 1) == text_;
}

}  // namespace pgfilter
