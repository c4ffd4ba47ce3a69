// SPDX-License-Identifier: PostgreSQL
#include "cli/output_name.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/place.hpp"

namespace pgfilter::cli {
namespace {

struct Ending {
    std::string_view text;
    std::string_view remark;  ///< on what the name promises
};

constexpr std::string_view sql = "; pg_restore -f makes SQL of it";

constexpr std::array<Ending, 11> endings{{
    {".sql", sql},
    {".psql", sql},
    {".txt", sql},
    {".tar", ", which is no tar file"},
    {".tgz", ", which is no tar file"},
    {".gz", ", which is not wrapped in gzip"},
    {".bz2", ", which is not wrapped in bzip2"},
    {".xz", ", which is not wrapped in xz"},
    {".zst", ", which is not wrapped in zstd"},
    {".lz4", ", which is not wrapped in lz4"},
    {".zip", ", which is not wrapped in zip"},
}};

bool ends_with_in_any_case(std::string_view text, std::string_view lower) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return text.size() >= lower.size() && std::equal(text.end() - static_cast<std::ptrdiff_t>(lower.size()),
                                                     text.end(), lower.begin(), same);
}

}  // namespace

std::string describe_misleading_name(const std::string& name) {
    if (Place::of_output(name).descriptor()) return {};
    for (const auto& [ending, remark] : endings) {
        if (ends_with_in_any_case(name, ending))
            return std::string("whatever its name says, '")
                .append(name)
                .append("' is an archive of custom format")
                .append(remark);
    }
    return {};
}

}  // namespace pgfilter::cli
