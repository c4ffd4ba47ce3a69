#include "archive/dialect.hpp"

namespace pgfilter {
namespace {

// The text between the first two single quotes, which is how pg_restore reads these two entries.
Bytes quoted_part(Bytes defn) {
    const std::size_t open = defn.find('\'');
    if (open == Bytes::npos) return {};
    const std::size_t close = defn.find('\'', open + 1);
    return close == Bytes::npos ? Bytes() : defn.substr(open + 1, close - open - 1);
}

}  // namespace

sql::Dialect dialect_of(const Toc& toc) {
    sql::Dialect dialect;
    dialect.standard_conforming_strings = quoted_part(toc.standard_strings().value_or("")) == "on";
    if (const Encoding* const encoding = encoding_of(toc)) dialect.trail = encoding->trail;
    return dialect;
}

const Encoding* encoding_of(const Toc& toc) {
    return find_encoding(quoted_part(toc.encoding().value_or("")));
}

}  // namespace pgfilter
