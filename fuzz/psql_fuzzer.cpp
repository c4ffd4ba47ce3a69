// SPDX-License-Identifier: PostgreSQL
// What is let through as a definition or as data is read by psql as SQL, and nothing else.
//
// The first byte says which encoding it is and whether strings escape; then the script.
#include <array>

#include "fuzz_target.hpp"
#include "psql_model.hpp"
#include "sql/script_danger.hpp"

namespace {

using namespace pgfilter;
using psql_model::Encoding;
using psql_model::Version;
using Trail = sql::Dialect::Trail;

struct Pair {
    Encoding encoding;
    Trail trail;
};

constexpr std::array<Pair, 7> pairs{{{Encoding::single, Trail::none},
                                     {Encoding::sjis, Trail::sjis},
                                     {Encoding::big5, Trail::wide},
                                     {Encoding::gbk, Trail::wide},
                                     {Encoding::uhc, Trail::wide},
                                     {Encoding::gb18030, Trail::gb18030},
                                     {Encoding::johab, Trail::johab}}};

/// The same in two pieces, as data comes.
bool is_let_through(Bytes script, sql::Dialect dialect) {
    const bool result = sql::find_script_danger(script, dialect) == nullptr;
    sql::ScriptDanger danger(dialect);
    danger.take(script.substr(0, script.size() / 2));
    danger.take(script.substr(script.size() / 2));
    require((danger.finish() == nullptr) == result);
    return result;
}

}  // namespace

bool fuzz_one(Bytes input) {
    // Texts with a zero byte are refused before anybody looks into them.
    if (input.empty() || input.find('\0') != Bytes::npos) return false;
    const auto number = static_cast<unsigned char>(input.front()) - unsigned{'0'};
    const Pair pair = pairs[number / 2 % pairs.size()];
    const bool standard = number % 2 == 0;
    const Bytes script = input.substr(1);
    if (!is_let_through(script, {.standard_conforming_strings = standard, .trail = pair.trail})) return false;
    for (const Version version : {Version::v9_6, Version::v14, Version::v15, Version::v16, Version::v18}) {
        // Where a server cannot convert the archive's encoding, psql stays with another one.
        for (const Encoding encoding : {pair.encoding, Encoding::single})
            require(psql_model::read(script, {version, encoding, standard}) == psql_model::Outcome::harmless);
    }
    return true;
}
