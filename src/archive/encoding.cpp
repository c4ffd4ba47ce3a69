// SPDX-License-Identifier: PostgreSQL
#include "archive/encoding.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sql/byte_class.hpp"
#include "sql/names.hpp"

namespace pgfilter {
namespace {

using Trail = sql::Dialect::Trail;

// pg_enc2name_tbl in encnames.c, 18.
constexpr std::array<Encoding, 42> encodings{{
    {"SQL_ASCII", "", Trail::none},
    {"EUC_JP", "EUC-JP", Trail::none},
    {"EUC_CN", "EUC-CN", Trail::none},
    {"EUC_KR", "EUC-KR", Trail::none},
    {"EUC_TW", "EUC-TW", Trail::none},
    {"EUC_JIS_2004", "EUC-JISX0213", Trail::none},
    {"UTF8", "UTF-8", Trail::none},
    {"MULE_INTERNAL", "", Trail::none},
    {"LATIN1", "ISO-8859-1", Trail::none},
    {"LATIN2", "ISO-8859-2", Trail::none},
    {"LATIN3", "ISO-8859-3", Trail::none},
    {"LATIN4", "ISO-8859-4", Trail::none},
    {"LATIN5", "ISO-8859-9", Trail::none},
    {"LATIN6", "ISO-8859-10", Trail::none},
    {"LATIN7", "ISO-8859-13", Trail::none},
    {"LATIN8", "ISO-8859-14", Trail::none},
    {"LATIN9", "ISO-8859-15", Trail::none},
    {"LATIN10", "ISO-8859-16", Trail::none},
    {"WIN1256", "CP1256", Trail::none},
    {"WIN1258", "CP1258", Trail::none},
    {"WIN866", "CP866", Trail::none},
    {"WIN874", "CP874", Trail::none},
    {"KOI8R", "KOI8-R", Trail::none},
    {"WIN1251", "CP1251", Trail::none},
    {"WIN1252", "CP1252", Trail::none},
    {"ISO_8859_5", "ISO-8859-5", Trail::none},
    {"ISO_8859_6", "ISO-8859-6", Trail::none},
    {"ISO_8859_7", "ISO-8859-7", Trail::none},
    {"ISO_8859_8", "ISO-8859-8", Trail::none},
    {"WIN1250", "CP1250", Trail::none},
    {"WIN1253", "CP1253", Trail::none},
    {"WIN1254", "CP1254", Trail::none},
    {"WIN1255", "CP1255", Trail::none},
    {"WIN1257", "CP1257", Trail::none},
    {"KOI8U", "KOI8-U", Trail::none},
    {"SJIS", "CP932", Trail::sjis},
    {"BIG5", "BIG5", Trail::wide},
    {"GBK", "GBK", Trail::wide},
    {"UHC", "UHC", Trail::wide},
    {"GB18030", "GB18030", Trail::gb18030},
    {"JOHAB", "JOHAB", Trail::johab},
    {"SHIFT_JIS_2004", "SHIFT_JISX0213", Trail::sjis},
}};

struct Alias {
    std::string_view alias;  // lower-case letters and digits only
    std::string_view name;
};

// pg_encname_tbl there, but for the names above.
constexpr std::array<Alias, 39> aliases{{
    {"abc", "WIN1258"},         {"alt", "WIN866"},          {"iso88591", "LATIN1"},
    {"iso885910", "LATIN6"},    {"iso885913", "LATIN7"},    {"iso885914", "LATIN8"},
    {"iso885915", "LATIN9"},    {"iso885916", "LATIN10"},   {"iso88592", "LATIN2"},
    {"iso88593", "LATIN3"},     {"iso88594", "LATIN4"},     {"iso88599", "LATIN5"},
    {"koi8", "KOI8R"},          {"mskanji", "SJIS"},        {"shiftjis", "SJIS"},
    {"tcvn", "WIN1258"},        {"tcvn5712", "WIN1258"},    {"unicode", "UTF8"},
    {"vscii", "WIN1258"},       {"win", "WIN1251"},         {"win932", "SJIS"},
    {"win936", "GBK"},          {"win949", "UHC"},          {"win950", "BIG5"},
    {"windows1250", "WIN1250"}, {"windows1251", "WIN1251"}, {"windows1252", "WIN1252"},
    {"windows1253", "WIN1253"}, {"windows1254", "WIN1254"}, {"windows1255", "WIN1255"},
    {"windows1256", "WIN1256"}, {"windows1257", "WIN1257"}, {"windows1258", "WIN1258"},
    {"windows866", "WIN866"},   {"windows874", "WIN874"},   {"windows932", "SJIS"},
    {"windows936", "GBK"},      {"windows949", "UHC"},      {"windows950", "BIG5"},
}};

/// The letters, in lower case, and digits of a name.
std::string folded(Bytes name) {
    std::string result;
    for (const char c : name) {
        const char small = sql::lower(c);
        if ((small >= 'a' && small <= 'z') || (c >= '0' && c <= '9')) result += small;
    }
    return result;
}

}  // namespace

const Encoding* find_encoding(Bytes name) {
    if (name.size() > sql::longest_name) return nullptr;
    const std::string wanted = folded(name);
    const auto is_alias = [&](const Alias& alias) { return alias.alias == wanted; };
    const auto* const alias = std::find_if(aliases.begin(), aliases.end(), is_alias);
    const std::string canonical = alias == aliases.end() ? wanted : folded(alias->name);
    const auto is_wanted = [&](const Encoding& encoding) { return folded(encoding.name) == canonical; };
    const auto* const found = std::find_if(encodings.begin(), encodings.end(), is_wanted);
    return found == encodings.end() ? nullptr : found;
}

}  // namespace pgfilter
