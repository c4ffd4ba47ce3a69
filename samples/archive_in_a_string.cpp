// SPDX-License-Identifier: PostgreSQL
// An archive that is in memory, as when it came over the network: a std::string in, a std::string out.
//
//     archive_in_a_string < in.dump > out.dump
#include <iostream>
#include <iterator>
#include <string>

#include "pgfilter/bytes.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"

namespace {

/// The archive without owners and privileges.  Throws pgfilter::Error.
std::string filtered(const std::string& archive, const pgfilter::RuleRegistry& registry) {
    pgfilter::MemorySource source(archive);  // borrows the bytes
    pgfilter::MemorySink sink;
    sink.set_rewritable(true);  // it may fill in offsets of data afterwards, as in a file
    pgfilter::run({{{"no-owner", {}}, {"no-privileges", {}}}, {}}, registry, source, sink);
    return sink.bytes();
}

}  // namespace

int main() try {
    pgfilter::RuleRegistry registry;
    pgfilter::add_builtin_rules(registry);
    const std::string archive{std::istreambuf_iterator<char>(std::cin), {}};
    std::cout << filtered(archive, registry) << std::flush;
    return std::cout ? 0 : 1;
} catch (const pgfilter::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
