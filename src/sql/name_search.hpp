// Many names, looked for in a text all at once.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/name_hash.hpp"

namespace pgfilter::sql {

/// Finds names as words of their own, in time that depends on the text and not on how many they are.
class NameSearch {
public:
    /// Names longer than PostgreSQL's can be are never found.
    explicit NameSearch(std::span<const std::string> names);

    /// Calls found(i) for each place of names[i], spelled as it is or with its quotes doubled.
    void find(std::string_view text, const std::function<void(std::size_t)>& found) const;

private:
    using Spellings = std::unordered_multimap<std::string, std::size_t, NameHash, std::equal_to<>>;

    void add(std::string spelling, std::size_t name);

    Spellings words_;  // that are identifiers without quotes, so that only whole words can be one
    Spellings odd_;
    std::array<std::vector<std::size_t>, 256> odd_sizes_;  // by first byte
};

}  // namespace pgfilter::sql
