// SPDX-License-Identifier: PostgreSQL
#include "cli/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "cli/options.hpp"

namespace pgfilter::cli {
namespace {

struct LimitRow {
    std::string_view name;
    std::uint64_t Limits::*value;
    bool is_size;  ///< of bytes, so that it can have a unit
};

constexpr std::array<LimitRow, 4> limit_table{{
    {"entries", &Limits::entries, false},
    {"toc-bytes", &Limits::toc_bytes, true},
    {"text-bytes", &Limits::text_bytes, true},
    {"ratio", &Limits::ratio, false},
}};

/// As in PostgreSQL's configuration; nothing for what is no unit.
std::optional<std::uint64_t> size_of_unit(std::string_view unit) {
    constexpr std::array<std::string_view, 6> units{"", "B", "kB", "MB", "GB", "TB"};
    const auto found = std::find(units.begin(), units.end(), unit);
    if (found == units.end()) return std::nullopt;
    const auto power = found - units.begin();
    return std::uint64_t{1} << (10 * std::max<std::ptrdiff_t>(power - 1, 0));
}

/// Nothing if it is no number from 1 on.
std::optional<std::uint64_t> parse(std::string_view text, bool is_size) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || number == 0) return std::nullopt;
    const std::string_view unit(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    const auto factor = size_of_unit(unit);
    if (!factor || (!is_size && !unit.empty())) return std::nullopt;
    if (number > std::numeric_limits<std::uint64_t>::max() / *factor) return std::nullopt;
    return number * *factor;
}

}  // namespace

void set_limit(Limits& limits, const std::string& text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string_view name = std::string_view(text).substr(0, equals);
    const auto row = std::find_if(limit_table.begin(), limit_table.end(),
                                  [&](const LimitRow& known) { return known.name == name; });
    if (row == limit_table.end())
        throw UsageError{"--limit=" + text +
                         ": there is no such limit; there are entries, toc-bytes, text-bytes, ratio"};
    const auto value = parse(std::string_view(text).substr(std::min(equals + 1, text.size())), row->is_size);
    if (!value)
        throw UsageError{"--limit=" + text + ": the value must be a whole number above 0" +
                         (row->is_size ? ", and may have a unit (kB, MB, GB, TB)" : "")};
    limits.*(row->value) = *value;
}

std::vector<std::string_view> limit_names() {
    std::vector<std::string_view> names(limit_table.size());
    std::transform(limit_table.begin(), limit_table.end(), names.begin(),
                   [](const LimitRow& row) { return row.name; });
    return names;
}

std::string describe_limits() {
    const Limits limits;
    std::string text;
    for (const LimitRow& row : limit_table)
        text.append(text.empty() ? "" : ", ")
            .append(row.name)
            .append("=")
            .append(std::to_string(limits.*(row.value)));
    return text;
}

}  // namespace pgfilter::cli
