// SPDX-License-Identifier: PostgreSQL
#include "rules/kind_name.hpp"

namespace pgfilter {
namespace {

bool is_white(char c) {
    return sql::is(sql::byte_class::blank, c);
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

}  // namespace

std::string_view without_blanks_in_front(std::string_view text) {
    while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
    return text;
}

std::size_t length_of_kind(std::string_view text) {
    const std::size_t known = length_of_known_kind(text);
    return known > 0 ? known : length_of_capitals(text);
}

std::optional<KindAndRest> split_kind(std::string_view text) {
    text = without_blanks_in_front(text);
    const std::size_t length = length_of_kind(text);
    if (length == 0) return std::nullopt;
    return KindAndRest{KindName(text.substr(0, length)),
                       std::string(without_blanks_in_front(text.substr(length)))};
}

}  // namespace pgfilter
