// SPDX-License-Identifier: PostgreSQL
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
#include "pgfilter/consequences.hpp"
#include "pgfilter/export.hpp"
#include "pgfilter/rule.hpp"

namespace pgfilter {

/// What is to be done.
struct Job {
    /// Applied in this order.  Their names and patterns are in UTF-8, and are converted to what the archive
    /// is in.
    std::vector<RuleSpec> rules;
    Limits limits;
    /// What names are in that are not UTF-8, as iconv() calls it: "ISO-8859-1".  Empty: what the archive is
    /// in.
    std::string other_encoding = {};
};

/// A rule of a job, and which of the job's specs it was made from.
struct AppliedRule {
    std::unique_ptr<Rule> rule;
    std::vector<std::size_t> specs;
};

/// The archive as the rules want it, with a record of what each of them did.  Nothing has been written yet.
///
/// Threads: one at a time, since it asks its rules.  Lifetime: owns the prologue and the rules; needs
/// neither the job nor the registry.
struct Plan {
    Prologue prologue;
    std::vector<RuleReport> reports;  ///< one per spec of the job; its index is the EditorId of what it did
    std::vector<AppliedRule> rules;
    Consequences consequences;  ///< of what the rules dropped
    std::size_t bridged = 0;    ///< entries whose dependencies lead past dropped ones now
};

/// What a run came to.
struct Summary {
    std::size_t entries_read = 0;
    std::size_t entries_written = 0;
    std::size_t blocks_read = 0;
    std::size_t blocks_written = 0;
    std::uint64_t data_read = 0;     ///< bytes of data blocks, with their frames
    std::uint64_t data_written = 0;  ///< the same
    std::uint64_t bytes_read = 0;    ///< of the whole archive
    std::uint64_t bytes_written = 0;
    Trailer trailer;
    bool rewritten = false;  ///< false: the output is the input, byte for byte
};

/// Throws Error (usage) if one of the rules makes no sense, as make_plan() would; the message begins with the
/// rule's origin, if it has one.
PGFILTER_API void check_rules(const std::vector<RuleSpec>& rules, const RuleRegistry& registry);

/// Reads header and TOC and applies the rules.  Reads nothing of the data.
///
/// Takes no more than 8 MiB and 2.5 times the TOC for what pg_dump writes, 16 MiB and 4 times the TOC for any
/// archive, of the TOC that is read or that is written; what would need more is refused (limit).
///
/// The steps of a plan, in this order:
/// 1. The rules are applied, by turns.
/// 2. What is nothing without the dropped entries goes, what merely uses them is noted (`consequences`).
/// 3. Privileges of a group of large objects that a rule has changed so that pg_restore could not read them
///    become an entry for each large object.
/// 4. What depended on a dropped entry depends on that one's dependencies, so that a parallel restore keeps
///    the order (`bridged`).
///
/// Throws Error: what read_prologue() throws, and `usage` from the rules.
PGFILTER_API Plan make_plan(const Job& job, const RuleRegistry& registry, ByteSource& source);

/// Calls found() for what rules could not do in a kept entry; Unhandled::spec is an index of plan.reports.
/// With `quick`, asks those rules only that find it without effort.
PGFILTER_API void find_unhandled(const Plan& plan, const TocEntry& entry, bool quick,
                                 const std::function<void(const Unhandled&)>& found);

/// Calls found() with the names of what rules have replaced in the entry because nobody may see it: its
/// definition as it was read must not be shown.
PGFILTER_API void find_redacted(const Plan& plan, const TocEntry& entry,
                                const std::function<void(const std::string&)>& found);

/// Throws Error (refused) if one of the rules forbids to pass on what is planned.
PGFILTER_API void check_plan(const Plan& plan);

/// Writes the planned archive, reading the data from the same source, and completes the sink.
/// Throws what check_plan() throws, before anything is written, and what read_blocks() and ArchiveWriter
/// throw; the output is not a complete archive then.
PGFILTER_API Summary execute(const Plan& plan, ByteSource& source, ByteSink& sink);

/// The same after check_plan(), which looks at all entries and is not called again.
PGFILTER_API Summary execute_checked(const Plan& plan, ByteSource& source, ByteSink& sink);

/// Both in one.
PGFILTER_API Summary run(const Job& job, const RuleRegistry& registry, ByteSource& source, ByteSink& sink);

}  // namespace pgfilter
