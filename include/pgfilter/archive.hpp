// What stands at the front of a pg_dump archive, as a value.
#pragma once

#include <cstdint>
#include <string>

#include "pgfilter/header.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

/// All that precedes the data.
struct Prologue {
    Header header;
    Toc toc;
    std::string stored_count;  ///< the number of entries, as it was read
    std::uint64_t size = 0;    ///< bytes in the archive, that is the offset of the first data block
};

}  // namespace pgfilter
