// SPDX-License-Identifier: PostgreSQL
// How PostgreSQL reads strings in archives that are not as most are.
#pragma once

#include "sql/lexer.hpp"

namespace pgfilter::test {

inline constexpr sql::Dialect escaping{.standard_conforming_strings = false};
inline constexpr sql::Dialect sjis{.trail = sql::Dialect::Trail::sjis};
inline constexpr sql::Dialect escaping_sjis{.standard_conforming_strings = false,
                                            .trail = sql::Dialect::Trail::sjis};
inline constexpr sql::Dialect escaping_wide{.standard_conforming_strings = false,
                                            .trail = sql::Dialect::Trail::wide};

}  // namespace pgfilter::test
