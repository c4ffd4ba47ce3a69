// SPDX-License-Identifier: PostgreSQL
// The compression libraries and their versions.
#include <lz4.h>
#include <zlib.h>
#include <zstd.h>

#include <boost/version.hpp>

#include "pgfilter/wrapped.hpp"

namespace pgfilter {

std::vector<std::string> compression_libraries() {
    // Of Boost, which has bzip2 and xz from their libraries, only the headers have a version.
    const std::string boost = std::to_string(BOOST_VERSION / 100'000) + "." +
                              std::to_string(BOOST_VERSION / 100 % 1'000) + "." +
                              std::to_string(BOOST_VERSION % 100);
    return {std::string("zlib ").append(::zlibVersion()), std::string("lz4 ").append(::LZ4_versionString()),
            std::string("zstd ").append(::ZSTD_versionString()),
            std::string("Boost.Iostreams ").append(boost)};
}

}  // namespace pgfilter
