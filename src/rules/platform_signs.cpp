// SPDX-License-Identifier: PostgreSQL
// Which platform an archive is from.
#include <algorithm>

#include "archive/toc_access.hpp"
#include "pgfilter/targets.hpp"

namespace pgfilter {
namespace {

using SignKind = PlatformSign::Kind;

std::string_view take_sign_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(", "), rest.size()));
    const std::string_view word = rest.substr(0, rest.find_first_of(", "));
    rest.remove_prefix(word.size());
    return word;
}

bool fits(const PlatformSign& sign, Bytes name) {
    return sign.is_beginning ? name.starts_with(sign.name) : name == sign.name;
}

/// Whether GRANT or REVOKE names the role; roles of platforms need no quotes.
bool is_named(const PlatformSign& role, Bytes statements) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    for (std::size_t at = statements.find(role.name); at != Bytes::npos;
         at = statements.find(role.name, at + 1)) {
        const std::size_t end = at + role.name.size();
        if (at > 0 && statements[at - 1] == ' ' &&
            (role.is_beginning || end == statements.size() || !is_letter(statements[end])))
            return true;
    }
    return false;
}

/// Signs are found without a look at all that people make themselves.
bool is_telling(const TocEntry& entry) {
    constexpr EntryKinds kinds = EntryKind::schema | EntryKind::extension | EntryKind::database |
                                 EntryKind::event_trigger | EntryKind::default_acl | EntryKind::publication;
    if (entry.kind() != EntryKind::acl) return kinds.has(entry.kind());
    const Bytes tag = entry.original_text(Field::tag).value_or("");
    return tag.starts_with("SCHEMA ") || tag.starts_with("DATABASE ");
}

bool shows(const TocEntry& entry, const PlatformSign& sign) {
    constexpr EntryKinds privileges = EntryKind::acl | EntryKind::default_acl;
    const Bytes name = entry.original_text(Field::tag).value_or("");
    switch (sign.kind) {
        case SignKind::extension:
            return entry.kind() == EntryKind::extension && fits(sign, name);
        case SignKind::schema:
            return entry.kind() == EntryKind::schema && fits(sign, name);
        case SignKind::role:
            return fits(sign, entry.original_text(Field::owner).value_or("")) ||
                   (privileges.has(entry.kind()) &&
                    is_named(sign, entry.original_text(Field::defn).value_or("")));
    }
    return false;
}

}  // namespace

std::vector<PlatformSign> platform_signs(std::string_view text) {
    constexpr std::string_view mark = "\n# signs: ";
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return {};
    std::string_view rest = text.substr(at + mark.size());
    rest = rest.substr(0, rest.find('\n'));
    std::vector<PlatformSign> signs;
    for (std::string_view kind = take_sign_word(rest); !kind.empty(); kind = take_sign_word(rest)) {
        PlatformSign sign{kind == "role"     ? SignKind::role
                          : kind == "schema" ? SignKind::schema
                                             : SignKind::extension,
                          take_sign_word(rest)};
        sign.is_beginning = sign.name.ends_with('*');
        if (sign.is_beginning) sign.name.remove_suffix(1);
        signs.push_back(sign);
    }
    return signs;
}

std::vector<LikelySource> likely_sources(const Toc& toc) {
    struct Candidate {
        LikelySource source;
        std::vector<PlatformSign> signs;
    };
    std::vector<Candidate> candidates;
    for (const BuiltinTarget& source : builtin_sources())
        candidates.push_back({{&source, {}}, platform_signs(source.text)});
    std::vector<LikelySource> likely;
    for (std::size_t i = 0; i < toc.size() && !candidates.empty(); ++i) {
        TocAccess::prefetch(toc, i + TocAccess::ahead);
        if (!is_telling(toc[i])) continue;
        std::erase_if(candidates, [&](Candidate& candidate) {
            const auto sign = std::find_if(candidate.signs.begin(), candidate.signs.end(),
                                           [&](const PlatformSign& known) { return shows(toc[i], known); });
            if (sign == candidate.signs.end()) return false;
            likely.push_back({candidate.source.source, *sign});
            return true;
        });
    }
    return likely;
}

}  // namespace pgfilter
