// SPDX-License-Identifier: PostgreSQL
// The library in twenty lines: an archive without owners and privileges, and one role renamed in policies and
// the like.
//
//     library_use < in.dump > out.dump
#include <unistd.h>

#include <iostream>

#include "pgfilter/error.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"

int main() try {
    pgfilter::RuleRegistry registry;
    pgfilter::add_builtin_rules(registry);

    pgfilter::Job job;
    job.rules = {{"no-owner", {}}, {"no-privileges", {}}, {"map-role", {{"prod_app", "staging_app"}}}};

    pgfilter::DescriptorSource source(STDIN_FILENO);
    pgfilter::DescriptorSink sink(STDOUT_FILENO);
    const pgfilter::Summary summary = pgfilter::run(job, registry, source, sink);

    std::cerr << summary.entries_written << " of " << summary.entries_read << " entries written\n";
    return 0;
} catch (const pgfilter::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
