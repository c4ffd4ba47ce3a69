// SPDX-License-Identifier: PostgreSQL
// The lines of a text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pgfilter {

/// Calls visit(line) for each line, without its line feed.  One at the end begins no further line.
template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const std::size_t size = std::min(text.find('\n'), text.size());
        visit(text.substr(0, size));
        text.remove_prefix(std::min(size + 1, text.size()));
    }
}

}  // namespace pgfilter
