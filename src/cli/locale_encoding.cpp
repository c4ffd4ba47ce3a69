// SPDX-License-Identifier: PostgreSQL
#include "cli/locale_encoding.hpp"

#include <langinfo.h>

#include <cerrno>
#include <clocale>
#include <new>

namespace pgfilter::cli {

// Asks of a locale beside the program's own, which stays "C": letters are no other ones for it anywhere.
std::string locale_encoding() {
    const locale_t users = newlocale(LC_CTYPE_MASK, "", nullptr);
    if (users == nullptr && errno == ENOMEM) throw std::bad_alloc();
    if (users == nullptr) return {};  // no such locale: programs are in "C" then
    std::string encoding = nl_langinfo_l(CODESET, users);
    freelocale(users);
    return encoding == "UTF-8" || encoding == "ANSI_X3.4-1968" ? std::string() : encoding;
}

}  // namespace pgfilter::cli
