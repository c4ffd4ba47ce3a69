// SPDX-License-Identifier: PostgreSQL
// Kinds of entries as people write them.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "archive/kind_facts.hpp"
#include "pgfilter/toc.hpp"
#include "sql/byte_class.hpp"

namespace pgfilter {

/// "TABLE DATA", "table data": a desc in any case.
class KindName {
public:
    explicit KindName(Bytes name) : text_(in_upper_case(name)), kind_(find_kind()) {}

    /// In upper case.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// `other` if it is none that pg_dump is known to write.
    [[nodiscard]] EntryKind kind() const noexcept { return kind_; }

    [[nodiscard]] bool matches(Bytes desc) const {
        return std::equal(desc.begin(), desc.end(), text_.begin(), text_.end(),
                          [](char a, char b) { return sql::upper(a) == b; });
    }
    /// Whether the entry is of that kind.
    [[nodiscard]] bool matches(const TocEntry& entry) const {
        return entry.kind() == EntryKind::other ? matches(entry.desc()) : entry.kind() == kind_;
    }

private:
    /// Some have letters in lower case.
    [[nodiscard]] EntryKind find_kind() const {
        const auto found = std::find_if(kind_facts.begin() + 1, kind_facts.end(),
                                        [&](const KindFacts& facts) { return matches(facts.desc); });
        return found == kind_facts.end() ? EntryKind::other : found->kind;
    }
    static std::string in_upper_case(Bytes name) {
        std::string text(name);
        std::transform(text.begin(), text.end(), text.begin(), sql::upper);
        return text;
    }

    std::string text_;
    EntryKind kind_;
};

/// A kind of entries and what follows it in a text: "event trigger", "watch_*".
struct KindAndRest {
    KindName kind;
    std::string rest;  ///< empty if the text is a kind alone
};

/// Reads "KIND PATTERN", the kind in upper or lower case.  A kind that pg_dump is not known to write is in
/// capital letters.  Nothing if there is no kind in front.
std::optional<KindAndRest> split_kind(std::string_view text);

std::string_view without_blanks_in_front(std::string_view text);

/// How many bytes of the text that kind is, from the start; 0 if there is none.
std::size_t length_of_kind(std::string_view text);

}  // namespace pgfilter
