// Everything the command line can do, as calls.
//
//     RuleRegistry registry;
//     add_builtin_rules(registry);
//     Job job;
//     job.rules = {{"no-owner", {}}, {"map-role", {{"app_prod", "app"}}}};
//     Summary summary = run(job, registry, source, sink);
#pragma once

#include <string>
#include <vector>

#include "pgfilter/archive_io.hpp"
#include "pgfilter/rule.hpp"

namespace pgfilter {

/// What is to be done.
struct Job {
    std::vector<RuleSpec> rules;  ///< applied in this order
    Limits limits;
    bool details = false;  ///< also look for places that rules could not rewrite
};

/// The archive as the rules want it, with a record of what each of them did.  Nothing has been written yet.
struct Plan {
    Prologue prologue;
    std::vector<RuleReport> reports;  ///< one per rule; its index is the EditorId of what it did
    std::size_t bridged = 0;          ///< entries whose dependencies lead past dropped ones now
};

/// What a run came to.
struct Summary {
    std::size_t entries_read = 0;
    std::size_t entries_written = 0;
    std::size_t blocks_read = 0;
    std::size_t blocks_written = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
    Trailer trailer;
    bool rewritten = false;  ///< false: the output is the input, byte for byte
};

/// Reads header and TOC and applies the rules.  Reads nothing of the data.
///
/// An entry that depended on a dropped one depends on that one's dependencies afterwards, so that a parallel
/// restore keeps the order.  Throws Error: what read_prologue() throws, and `usage` from the rules.
Plan make_plan(const Job& job, const RuleRegistry& registry, ByteSource& source);

/// Writes the planned archive, reading the data from the same source.
/// Throws what read_blocks() and ArchiveWriter throw; the output is not a complete archive then.
Summary execute(const Plan& plan, ByteSource& source, ByteSink& sink);

/// Both in one.
Summary run(const Job& job, const RuleRegistry& registry, ByteSource& source, ByteSink& sink);

}  // namespace pgfilter
