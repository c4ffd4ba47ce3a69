// The entries that say how all others are to be read.  SEARCHPATH, which is run, is judged with other texts.
#include <algorithm>
#include <array>

#include "archive/toc_check.hpp"

namespace pgfilter {
namespace {

// Names of encodings as pg_char_to_encoding() compares them: letters and digits alone, in lower case
// (pg_encname_tbl in encnames.c of PostgreSQL 18).
constexpr std::array<Bytes, 81> encodings{
    "abc",         "alt",         "big5",        "euccn",       "eucjis2004",   "eucjp",       "euckr",
    "euctw",       "gb18030",     "gbk",         "iso88591",    "iso885910",    "iso885913",   "iso885914",
    "iso885915",   "iso885916",   "iso88592",    "iso88593",    "iso88594",     "iso88595",    "iso88596",
    "iso88597",    "iso88598",    "iso88599",    "johab",       "koi8",         "koi8r",       "koi8u",
    "latin1",      "latin10",     "latin2",      "latin3",      "latin4",       "latin5",      "latin6",
    "latin7",      "latin8",      "latin9",      "mskanji",     "muleinternal", "shiftjis",    "shiftjis2004",
    "sjis",        "sqlascii",    "tcvn",        "tcvn5712",    "uhc",          "unicode",     "utf8",
    "vscii",       "win",         "win1250",     "win1251",     "win1252",      "win1253",     "win1254",
    "win1255",     "win1256",     "win1257",     "win1258",     "win866",       "win874",      "win932",
    "win936",      "win949",      "win950",      "windows1250", "windows1251",  "windows1252", "windows1253",
    "windows1254", "windows1255", "windows1256", "windows1257", "windows1258",  "windows866",  "windows874",
    "windows932",  "windows936",  "windows949",  "windows950"};

bool is_encoding(Bytes name) {
    constexpr std::size_t longest = 60;
    if (name.size() > longest) return false;
    std::string plain;
    for (const char c : name) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        const bool is_other = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_upper || is_other) plain += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return !plain.empty() && std::find(encodings.begin(), encodings.end(), plain) != encodings.end();
}

/// What stands between two texts, or nothing.
Text between(Bytes text, Bytes front, Bytes back) {
    if (!text.starts_with(front) || !text.ends_with(back) || text.size() < front.size() + back.size())
        return std::nullopt;
    return text.substr(front.size(), text.size() - front.size() - back.size());
}

bool is_good_encoding(Bytes defn) {
    const Text name = between(defn, "SET client_encoding = '", "';\n");
    return name && name->find('\'') == Bytes::npos && is_encoding(*name);
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
