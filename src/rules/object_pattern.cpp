// SPDX-License-Identifier: PostgreSQL
#include "rules/object_pattern.hpp"

#include <algorithm>

#include "archive/components.hpp"
#include "pgfilter/error.hpp"
#include "rules/membership.hpp"
#include "sql/byte_class.hpp"

namespace pgfilter {
namespace {

using K = EntryKind;

bool is_gap(char c) {
    return sql::is(sql::byte_class::blank, c);
}

constexpr EntryKinds nameless =
    K::cast | K::transform | K::user_mapping | K::blob | K::blobs | K::blob_metadata | K::default_acl;

/// Without blanks beside punctuation marks, one blank for several, letters outside double quotes in lower
/// case.
std::string normal_types(std::string_view text) {
    std::string normal;
    bool quoted = false;
    bool blank = false;
    const auto is_mark = [](char c) { return std::string_view("(),.[]").find(c) != std::string_view::npos; };
    for (const char c : text) {
        if (!quoted && is_gap(c)) {
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

/// Where they begin in a pattern, in which names are quoted.
std::size_t start_of_types_in(std::string_view pattern) {
    bool quoted = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '"') quoted = !quoted;
        if (pattern[i] == '(' && !quoted) return i;
    }
    return pattern.size();
}

/// Whether all that is opened is closed, and nothing follows.
bool is_complete(std::string_view types) {
    int depth = 0;
    bool quoted = false;
    bool closed = false;
    for (const char c : types) {
        if (closed && !is_gap(c)) return false;
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '(') ++depth;
        if (c == ')' && --depth == 0) closed = true;
    }
    return closed;
}

EntryKind first_of(EntryKinds kinds) {
    std::size_t first = 0;
    while (first + 1 < entry_kinds && !kinds.has(static_cast<EntryKind>(first))) ++first;
    return static_cast<EntryKind>(first);
}

}  // namespace

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
        const std::string_view types = std::string_view(name).substr(start);
        if (!types.empty() && !is_complete(types))
            throw Error(ErrorCode::usage, "pattern '" + pattern +
                                              "' makes no sense: argument types are wanted in parentheses, "
                                              "as -l shows them");
        if (!types.empty()) types_ = normal_types(types);
        name.resize(start);
        while (!name.empty() && is_gap(name.back())) name.pop_back();
    }
    if (pattern.empty()) throw Error(ErrorCode::usage, "a pattern for a name is empty");
    const bool is_nameless = form_ == Form::literal && !kinds_.has(K::default_acl);
    if (is_nameless || (object_ && name.empty())) return;
    const auto shape =
        form_ == Form::part ? NamePattern::Parts::relation_and_name : NamePattern::Parts::schema_and_name;
    name_.emplace(name, shape);
}

bool ObjectPattern::matches(const TocEntry& entry, sql::Dialect dialect) const {
    if (kind_ ? !kind_->matches(entry) : !kinds_.has(entry.kind())) return false;
    const Bytes schema = entry.namespace_().value_or("");
    if (form_ == Form::literal && matches_literally(entry.desc(), entry.tag())) return true;
    if (form_ == Form::plain || form_ == Form::literal) return name_ && name_->matches(schema, entry.tag());
    const TagParts parts = parts_of_tag(entry, dialect);
    if (form_ == Form::attachment) return matches_attachment(entry, parts);
    return form_ == Form::routine ? matches_routine(schema, parts)
                                  : name_->matches(schema, parts.relation, parts.name);
}

bool ObjectPattern::matches_routine(Bytes schema, const TagParts& parts) const {
    return name_->matches(schema, parts.name) && (!types_ || *types_ == normal_types(parts.types));
}

bool ObjectPattern::matches_attachment(const TocEntry& entry, const TagParts& parts) const {
    const KindName object(parts.object);
    if (object_ && object.text() != object_->text()) return false;
    if (!name_) return true;
    const Bytes schema = entry.namespace_().value_or("");
    if (with_types.has(object.kind())) return matches_routine(schema, parts);
    return name_->matches(schema, parts.name) || entry.tag() == text_;
}

bool ObjectPattern::matches_literally(Bytes desc, Bytes tag) const {
    if (tag == text_) return true;
    return tag.size() > desc.size() && tag.starts_with(desc) && tag[desc.size()] == ' ' &&
           tag.substr(desc.size() + 1) == text_;
}

}  // namespace pgfilter
