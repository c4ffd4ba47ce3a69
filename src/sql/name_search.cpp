#include "sql/name_search.hpp"

#include <algorithm>

#include "sql/lexer.hpp"

namespace pgfilter::sql {
namespace {

constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1 (pg_config_manual.h)

std::string doubled(std::string_view text, char quote) {
    std::string result;
    for (const char c : text) {
        if (c == quote) result += c;
        result += c;
    }
    return result;
}

}  // namespace

NameSearch::NameSearch(std::span<const std::string> names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty() || names[i].size() > longest_name) continue;
        add(names[i], i);
        for (const char quote : {'"', '\''}) {
            if (names[i].find(quote) != std::string::npos) add(doubled(names[i], quote), i);
        }
    }
}

void NameSearch::add(std::string spelling, std::size_t name) {
    if (std::all_of(spelling.begin(), spelling.end(), is_identifier_byte)) {
        words_.emplace(std::move(spelling), name);
        return;
    }
    std::vector<std::size_t>& sizes = odd_sizes_[static_cast<unsigned char>(spelling.front())];
    if (std::find(sizes.begin(), sizes.end(), spelling.size()) == sizes.end())
        sizes.push_back(spelling.size());
    odd_.emplace(std::move(spelling), name);
}

void NameSearch::find(std::string_view text, const std::function<void(std::size_t)>& found) const {
    const auto look_up = [&](const Spellings& spellings, std::string_view piece) {
        const auto [first, last] = spellings.equal_range(piece);
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
            if (word_end - at <= longest_name && !words_.empty())
                look_up(words_, text.substr(at, word_end - at));
        }
        for (const std::size_t size : odd_sizes_[static_cast<unsigned char>(text[at])]) {
            const std::size_t end = at + size;
            if (end > text.size()) continue;
            const bool closed =
                end == text.size() || !is_identifier_byte(text[end - 1]) || !is_identifier_byte(text[end]);
            if (closed) look_up(odd_, text.substr(at, size));
        }
    }
}

}  // namespace pgfilter::sql
