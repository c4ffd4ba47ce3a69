#include "archive/dialect.hpp"

#include <algorithm>
#include <array>

namespace pgfilter {
namespace {

// The text between the first two single quotes, which is how pg_restore reads these two entries.
Bytes quoted_part(Bytes defn) {
    const std::size_t open = defn.find('\'');
    if (open == Bytes::npos) return {};
    const std::size_t close = defn.find('\'', open + 1);
    return close == Bytes::npos ? Bytes() : defn.substr(open + 1, close - open - 1);
}

sql::Dialect::Trail trail_of(Bytes encoding) {
    constexpr std::array<Bytes, 3> sjis{"SJIS", "SHIFT_JIS_2004", "MSKANJI"};
    constexpr std::array<Bytes, 5> wide{"BIG5", "GBK", "UHC", "JOHAB", "GB18030"};
    if (std::find(sjis.begin(), sjis.end(), encoding) != sjis.end()) return sql::Dialect::Trail::sjis;
    if (std::find(wide.begin(), wide.end(), encoding) != wide.end()) return sql::Dialect::Trail::wide;
    return sql::Dialect::Trail::none;
}

}  // namespace

sql::Dialect dialect_of(const Toc& toc) {
    sql::Dialect dialect;
    dialect.standard_conforming_strings = quoted_part(toc.standard_strings().value_or("")) == "on";
    dialect.trail = trail_of(quoted_part(toc.encoding().value_or("")));
    return dialect;
}

}  // namespace pgfilter
