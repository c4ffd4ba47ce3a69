// SPDX-License-Identifier: PostgreSQL
#include "pgfilter/version.hpp"

namespace pgfilter {
namespace {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): only the preprocessor makes texts of numbers
#define PGFILTER_TEXT_OF(number) #number
#define PGFILTER_TEXT(number) PGFILTER_TEXT_OF(number)
// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace

const char* version() noexcept {
    return PGFILTER_TEXT(PGFILTER_VERSION_MAJOR) "." PGFILTER_TEXT(PGFILTER_VERSION_MINOR) "." PGFILTER_TEXT(
        PGFILTER_VERSION_PATCH);
}

}  // namespace pgfilter
