#include "pgfilter/entry_kind.hpp"

#include <algorithm>

namespace pgfilter {
namespace {

// In the order of EntryKind.
constexpr std::array<Bytes, entry_kinds> descs{
    "",
    "ACCESS METHOD",
    "ACL",
    "ACL LANGUAGE",
    "AGGREGATE",
    "BLOB",
    "BLOB COMMENTS",
    "BLOB METADATA",
    "BLOBS",
    "CAST",
    "CHECK CONSTRAINT",
    "COLLATION",
    "COMMENT",
    "CONSTRAINT",
    "CONVERSION",
    "DATABASE",
    "DATABASE PROPERTIES",
    "DEFAULT ACL",
    "DEFAULT",
    "DOMAIN",
    "ENCODING",
    "EVENT TRIGGER",
    "EXTENDED STATISTICS DATA",
    "EXTENSION",
    "FK CONSTRAINT",
    "FOREIGN DATA WRAPPER",
    "FOREIGN TABLE",
    "FUNCTION",
    "INDEX",
    "INDEX ATTACH",
    "MATERIALIZED VIEW",
    "MATERIALIZED VIEW DATA",
    "OPERATOR",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "POLICY",
    "PROCEDURAL LANGUAGE",
    "PROCEDURE",
    "PROPERTY GRAPH",
    "PUBLICATION",
    "PUBLICATION TABLE",
    "PUBLICATION TABLES IN SCHEMA",
    "ROW SECURITY",
    "RULE",
    "SCHEMA",
    "SEARCHPATH",
    "SECURITY LABEL",
    "SEQUENCE",
    "SEQUENCE OWNED BY",
    "SEQUENCE SET",
    "SERVER",
    "SHELL TYPE",
    "STDSTRINGS",
    "STATISTICS",
    "STATISTICS DATA",
    "SUBSCRIPTION",
    "SUBSCRIPTION TABLE",
    "TABLE",
    "TABLE ATTACH",
    "TABLE DATA",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
    "TRANSFORM",
    "TRIGGER",
    "TYPE",
    "USER MAPPING",
    "VIEW",
};
static_assert(descs.back() == "VIEW");

constexpr std::size_t longest = 28;

/// Kinds by the size of their desc: every entry that is read is looked up, and few have the same size.
struct BySize {
    std::array<std::uint8_t, longest + 2> begin{};  // of each size in `kinds`
    std::array<std::uint8_t, entry_kinds> kinds{};
};

constexpr BySize by_size = [] {
    BySize result;
    std::uint8_t at = 0;
    for (std::size_t size = 0; size <= longest; ++size) {
        result.begin.at(size) = at;
        for (std::size_t kind = 1; kind < descs.size(); ++kind) {
            if (descs.at(kind).size() == size) result.kinds.at(at++) = static_cast<std::uint8_t>(kind);
        }
    }
    result.begin.at(longest + 1) = at;
    return result;
}();
static_assert(by_size.begin.back() == entry_kinds - 1, "none is longer");

}  // namespace

EntryKind kind_of(Bytes desc) noexcept {
    if (desc.empty() || desc.size() > longest) return EntryKind::other;
    const auto* const begin = by_size.kinds.begin() + by_size.begin[desc.size()];
    const auto* const end = by_size.kinds.begin() + by_size.begin[desc.size() + 1];
    const auto* const found = std::find_if(begin, end, [&](std::uint8_t kind) {
        return descs[kind].front() == desc.front() && descs[kind] == desc;
    });
    return found == end ? EntryKind::other : static_cast<EntryKind>(*found);
}

Bytes desc_of(EntryKind kind) noexcept {
    return descs[static_cast<std::size_t>(kind)];
}

}  // namespace pgfilter
