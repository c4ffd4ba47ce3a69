// SPDX-License-Identifier: PostgreSQL
// pgfilter in a chain of Boost.Iostreams: an archive in gzip, without owners and privileges, in gzip again.
//
//     iostreams_chain in.dump.gz out.dump.gz
#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/file.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <iostream>

#include "pgfilter/boost_iostreams.hpp"
#include "pgfilter/rules.hpp"

namespace io = boost::iostreams;

int main(int argc, char** argv) try {
    if (argc != 3) throw pgfilter::Error(pgfilter::ErrorCode::usage, "usage: iostreams_chain IN OUT");
    pgfilter::RuleRegistry registry;
    pgfilter::add_builtin_rules(registry);
    const pgfilter::Job job{{{"no-owner", {}}, {"no-privileges", {}}}, {}};

    io::filtering_istream in;
    in.push(io::gzip_decompressor());
    in.push(io::file_source(argv[1]));
    io::filtering_ostream out;
    out.push(pgfilter::BoostOutputFilter(job, registry));
    out.push(io::gzip_compressor());
    out.push(io::file_sink(argv[2]));
    io::copy(in, out);  // closes both, and throws what is wrong
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
