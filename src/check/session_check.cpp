// SPDX-License-Identifier: PostgreSQL
// The entries that say how all others are to be read.  SEARCHPATH, which is run, is judged with other texts.
#include <algorithm>
#include <array>

#include "archive/encoding.hpp"
#include "check/toc_check.hpp"

namespace pgfilter {
namespace {

/// What stands between two texts, or nothing.
Text between(Bytes text, Bytes front, Bytes back) {
    if (!text.starts_with(front) || !text.ends_with(back) || text.size() < front.size() + back.size())
        return std::nullopt;
    return text.substr(front.size(), text.size() - front.size() - back.size());
}

bool is_good_encoding(Bytes defn) {
    const Text name = between(defn, "SET client_encoding = '", "';\n");
    return name && name->find('\'') == Bytes::npos && find_encoding(*name) != nullptr;
}

bool is_good_standard_strings(Bytes defn) {
    return defn == "SET standard_conforming_strings = 'on';\n" ||
           defn == "SET standard_conforming_strings = 'off';\n";
}

struct SessionEntry {
    EntryKind desc = EntryKind::other;
    FindingKind kind{};
    bool (*is_good)(Bytes) = nullptr;
    const char* if_bad = nullptr;
    const char* if_missing = nullptr;  // null if good archives may lack it
    const TocEntry* seen = nullptr;
};

void look_at(SessionEntry& session, const EntryPlace& place, const FindingHandler& found) {
    const Text defn = place.entry.defn();
    if (!defn || !session.is_good(*defn)) found(finding_in(place, session.kind, session.if_bad));
    if (session.seen != nullptr && session.seen->defn() != defn)
        found(finding_in(place, session.kind, "another entry says something else"));
    session.seen = &place.entry;
}

}  // namespace

void check_session(const Prologue& prologue, const FindingHandler& found) {
    std::array<SessionEntry, 2> sessions{{
        {EntryKind::encoding, FindingKind::encoding, is_good_encoding, "text does not set a known encoding",
         "no entry says what encoding the archive has"},
        // PostgreSQL before 8.2 does not write it.
        {EntryKind::standard_strings, FindingKind::standard_strings, is_good_standard_strings,
         "text does not set standard_conforming_strings to 'on' or 'off'",
         prologue.header.layout.version.minor > 10 ? "no entry says how string constants are to be read"
                                                   : nullptr},
    }};
    for_each_entry(prologue, [&](const EntryPlace& place) {
        for (SessionEntry& session : sessions) {
            if (place.entry.kind() == session.desc) look_at(session, place, found);
        }
    });
    for (const SessionEntry& session : sessions) {
        if (session.seen == nullptr && session.if_missing != nullptr)
            found({session.kind, session.if_missing, std::nullopt, std::nullopt, ""});
    }
}

}  // namespace pgfilter
