// SPDX-License-Identifier: PostgreSQL
// Many names, looked for in a text all at once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgfilter::sql {

/// Finds names as words of their own, in time that depends on the text and hardly on how many they are.
class NameSearch {
public:
    /// Names longer than PostgreSQL's can be are never found.  REQUIRES: what the names borrow lives as long.
    explicit NameSearch(std::vector<std::string_view> names);

    [[nodiscard]] std::string_view name(std::size_t i) const { return names_[i]; }
    /// Calls found(i) for each place of names[i], spelled as it is or with its quotes doubled.
    void find(std::string_view text, const std::function<void(std::size_t)>& found) const;

private:
    using Spellings = std::multimap<std::string, std::size_t, std::less<>>;

    void sort_words(std::vector<std::uint32_t> words);
    void add_odd(std::string spelling, std::size_t name);
    template <class Found>
    void look_up_word(std::string_view word, Found found) const;

    std::vector<std::string_view> names_;
    // Those that are identifiers without quotes, so that only whole words can be one.  Indexes in the order
    // of the names, for there can be very many, and where each first byte begins.
    std::vector<std::uint32_t> words_;
    std::array<std::uint32_t, 257> words_begin_{};
    Spellings odd_;                                        // the others
    std::array<std::vector<std::size_t>, 256> odd_sizes_;  // by first byte
};

}  // namespace pgfilter::sql
