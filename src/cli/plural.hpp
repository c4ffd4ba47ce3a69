// Counts in sentences.
#pragma once

#include <cstdint>
#include <string>

namespace pgfilter::cli {

/// "1 entry", "2 entries".
inline std::string plural(std::uint64_t count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace pgfilter::cli
