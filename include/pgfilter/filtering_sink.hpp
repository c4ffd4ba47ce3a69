// SPDX-License-Identifier: PostgreSQL
// run() for whoever is handed the input piece by piece, and cannot be asked for more.
//
//     FilteringSink filter(job, registry, sink);
//     while (there is more) filter.write(piece);           // pieces of any size
//     filter.finish();                                      // completes the sink, too
#pragma once

#include <functional>
#include <memory>

#include "pgfilter/export.hpp"
#include "pgfilter/job.hpp"

namespace pgfilter {

/// Takes an archive and writes to the next sink what the job makes of it: the same bytes as run() writes.
///
/// The output is a complete archive only when finish() has returned: the end of its last block is held back
/// until then.  A FilteringSink that is destroyed before never writes it.
///
/// Takes the memory of make_plan().  Until the TOC has come, it keeps what has come, up to twice the TOC, and
/// no more than 68 KiB from then on.
///
/// Threads: everything happens in the calls, in the thread that calls; one call at a time.
class PGFILTER_API FilteringSink final : public ByteSink {
public:
    /// Hears what is planned, before anything is written of it; what it throws is what write() or finish()
    /// throws.  This is where to look for what rules could not do, and whether rows get lost.
    using PlanHandler = std::function<void(const Plan&)>;

    /// Borrows `registry` and `next`.  Throws Error (usage) as check_rules() does.
    FilteringSink(Job job, const RuleRegistry& registry, ByteSink& next, PlanHandler on_plan = {});
    ~FilteringSink() override;

    /// The next bytes of the input.  Throws Error as make_plan() and execute() do, and what the next sink and
    /// the PlanHandler throw.  What has been thrown once is thrown by every later call.
    void write(Bytes data) override;

    /// The input has ended.  Completes the archive and the next sink.  Throws what write() throws; an input
    /// that ends too early is `damaged`.
    void finish() override;

    /// REQUIRES: finish() has returned.
    [[nodiscard]] const Summary& summary() const;

private:
    struct PGFILTER_HIDDEN State;
    std::unique_ptr<State> state_;
};

}  // namespace pgfilter
