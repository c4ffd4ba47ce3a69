#include "sql/name_search.hpp"

#include <algorithm>
#include <bit>
#include <utility>

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

NameSearch::NameSearch(std::vector<std::string_view> names) : names_(std::move(names)) {
    const auto is_word = [](std::string_view name) {
        return std::all_of(name.begin(), name.end(), is_identifier_byte);
    };
    const auto words = static_cast<std::size_t>(std::count_if(names_.begin(), names_.end(), is_word));
    words_.resize(words == 0 ? 0 : std::bit_ceil(words + words / 3 + 1));
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const std::string_view name = names_[i];
        if (name.empty() || name.size() > longest_name) continue;
        if (is_word(name)) {
            add_word(i);
            continue;
        }
        add_odd(std::string(name), i);
        for (const char quote : {'"', '\''}) {
            if (name.find(quote) != std::string_view::npos) add_odd(doubled(name, quote), i);
        }
    }
}

void NameSearch::add_word(std::size_t name) {
    std::size_t place = std::hash<std::string_view>()(names_[name]);
    while (words_[place & (words_.size() - 1)] != 0) ++place;
    words_[place & (words_.size() - 1)] = static_cast<std::uint32_t>(name + 1);
}

template <class Found>
void NameSearch::look_up_word(std::string_view word, Found found) const {
    if (words_.empty()) return;
    for (std::size_t place = std::hash<std::string_view>()(word);; ++place) {
        const std::uint32_t name = words_[place & (words_.size() - 1)];
        if (name == 0) return;
        if (names_[name - 1] == word) found(name - 1);
    }
}

void NameSearch::add_odd(std::string spelling, std::size_t name) {
    std::vector<std::size_t>& sizes = odd_sizes_[static_cast<unsigned char>(spelling.front())];
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
