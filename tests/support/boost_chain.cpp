// SPDX-License-Identifier: PostgreSQL
// Filters standard input to standard output in a chain of Boost.Iostreams; memory_test measures it.
//
//     boost_chain input|output
#include <unistd.h>

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <iostream>
#include <string_view>

#include "pgfilter/boost_iostreams.hpp"
#include "pgfilter/rules.hpp"

namespace io = boost::iostreams;

int main(int argc, char** argv) try {
    if (argc != 2) return 2;
    pgfilter::RuleRegistry registry;
    pgfilter::add_builtin_rules(registry);
    const pgfilter::Job job{{{"no-owner", {}}}, {}};

    io::filtering_istream in;
    io::filtering_ostream out;
    if (std::string_view(argv[1]) == "input") {
        in.push(pgfilter::BoostInputFilter(job, registry));
    } else {
        out.push(pgfilter::BoostOutputFilter(job, registry));
    }
    in.push(io::file_descriptor_source(STDIN_FILENO, io::never_close_handle));
    out.push(io::file_descriptor_sink(STDOUT_FILENO, io::never_close_handle));
    io::copy(in, out);
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
