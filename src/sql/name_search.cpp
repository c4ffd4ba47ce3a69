// SPDX-License-Identifier: PostgreSQL
#include "sql/name_search.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sql/lexer.hpp"
#include "sql/names.hpp"

namespace pgfilter::sql {
namespace {

std::string doubled(std::string_view text, char quote) {
    std::string result;
    for (const char c : text) {
        if (c == quote) result += c;
        result += c;
    }
    return result;
}

std::size_t first_byte(std::string_view name) {
    return static_cast<unsigned char>(name.front());
}

}  // namespace

NameSearch::NameSearch(std::vector<std::string_view> names) : names_(std::move(names)) {
    const auto is_word = [](std::string_view name) {
        return std::all_of(name.begin(), name.end(), is_identifier_byte);
    };
    std::vector<std::uint32_t> words;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const std::string_view name = names_[i];
        if (name.empty() || name.size() > longest_name) continue;
        if (is_word(name)) {
            words.push_back(static_cast<std::uint32_t>(i));
            continue;
        }
        add_odd(std::string(name), i);
        for (const char quote : {'"', '\''}) {
            if (name.find(quote) != std::string_view::npos) add_odd(doubled(name, quote), i);
        }
    }
    sort_words(std::move(words));
}

void NameSearch::sort_words(std::vector<std::uint32_t> words) {
    std::sort(words.begin(), words.end(),
              [&](std::uint32_t a, std::uint32_t b) { return names_[a] < names_[b]; });
    words_ = std::move(words);
    for (const std::uint32_t name : words_) ++words_begin_[first_byte(names_[name]) + 1];
    std::partial_sum(words_begin_.begin(), words_begin_.end(), words_begin_.begin());
}

template <class Found>
void NameSearch::look_up_word(std::string_view word, Found found) const {
    const auto end = words_.begin() + words_begin_[first_byte(word) + 1];
    auto at =
        std::lower_bound(words_.begin() + words_begin_[first_byte(word)], end, word,
                         [&](std::uint32_t name, std::string_view wanted) { return names_[name] < wanted; });
    for (; at != end && names_[*at] == word; ++at) found(*at);
}

void NameSearch::add_odd(std::string spelling, std::size_t name) {
    std::vector<std::size_t>& sizes = odd_sizes_[first_byte(spelling)];
    if (std::find(sizes.begin(), sizes.end(), spelling.size()) == sizes.end())
        sizes.push_back(spelling.size());
    odd_.emplace(std::move(spelling), name);
}

void NameSearch::find(std::string_view text, const std::function<void(std::size_t)>& found) const {
    const auto look_up_odd = [&](std::string_view piece) {
        const auto [first, last] = odd_.equal_range(piece);
        for (auto spelling = first; spelling != last; ++spelling) found(spelling->second);
    };
    std::size_t word_end = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool in_word = is_identifier_byte(text[at]);
        if (in_word && at < word_end) continue;
        if (in_word) {
            const auto* const begin = text.begin() + at;
            const auto* const end = std::find_if_not(begin, text.end(), is_identifier_byte);
            word_end = at + static_cast<std::size_t>(end - begin);
            if (word_end - at <= longest_name) look_up_word(text.substr(at, word_end - at), found);
        }
        for (const std::size_t size : odd_sizes_[static_cast<unsigned char>(text[at])]) {
            const std::size_t end = at + size;
            if (end > text.size()) continue;
            const bool closed =
                end == text.size() || !is_identifier_byte(text[end - 1]) || !is_identifier_byte(text[end]);
            if (closed) look_up_odd(text.substr(at, size));
        }
    }
}

}  // namespace pgfilter::sql
