// SPDX-License-Identifier: PostgreSQL
// Reads an archive and writes it, byte for byte: what is accepted is reproduced, what is damaged is refused.
//
//     identity < in.dump > out.dump
#include <unistd.h>

#include <iostream>

#include "pgfilter/error.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rule_registry.hpp"

int main() try {
    pgfilter::DescriptorSource source(STDIN_FILENO);
    pgfilter::DescriptorSink sink(STDOUT_FILENO);
    pgfilter::run({}, pgfilter::RuleRegistry(), source, sink);
} catch (const pgfilter::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
