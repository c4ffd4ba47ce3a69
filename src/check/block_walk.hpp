// SPDX-License-Identifier: PostgreSQL
// Walks over all data blocks of an archive, whatever is wrong with them, and has each looked at.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/block_walker.hpp"
#include "archive/large_object_lists.hpp"
#include "bytes/limited_source.hpp"
#include "check/block_check.hpp"
#include "check/block_costs.hpp"
#include "check/byte_pipe.hpp"
#include "check/worker_pool.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {

class BlockWalk {
public:
    /// `report` has the prologue, and a CheckedBlock for each entry with data.
    BlockWalk(const CheckInput& input, CheckReport& report, FindingCollector& findings, unsigned threads,
              std::uint64_t max_ratio);

    /// To the end of the input, or as far as there is something to hold on to.
    void walk();

private:
    void find_anchors();
    [[nodiscard]] bool is_block_of(ByteSource& source, const TocEntry& entry) const;
    [[nodiscard]] std::optional<std::uint64_t> next_anchor(std::uint64_t position) const;

    bool walk_one();
    bool go_on_behind(std::uint64_t position);
    CheckedBlock* block_of(std::size_t entry);
    bool walk_frames(CheckedBlock* block, std::uint64_t position);
    void tell_broken(const Error& error, const CheckedBlock* block, std::optional<std::uint64_t> limit);
    void give_from_file(CheckedBlock& block, bool whole);
    std::shared_ptr<BytePipe> give_through_memory(CheckedBlock& block);
    BlockCheck& checker(std::size_t worker);
    void walk_trailer();
    void tell_large_objects();

    void tell(FindingKind kind, std::string message, std::uint64_t offset, const TocEntry* entry = nullptr);

    const CheckInput& input_;
    ByteSource& source_;
    CheckReport& report_;
    const Prologue& prologue_;
    const Toc& toc_;
    FindingCollector& findings_;

    // Where blocks are for certain, since their entries say so and they begin as they must.
    std::vector<std::uint64_t> anchors_;
    std::vector<bool> cut_;  // per CheckedBlock
    BlockWalker blocks_;

    LargeObjectLists large_objects_;
    BlockCosts costs_;
    std::vector<std::unique_ptr<BlockCheck>> checkers_;
    PipeMemory memory_;
    WorkerPool workers_;  // ends first
};

}  // namespace pgfilter
