// SPDX-License-Identifier: PostgreSQL
// The data of an archive, block by block.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "pgfilter/archive_io.hpp"

/// Keeps the bytes of each block, by dump ID.
class BlockCollector final : public pgfilter::BlockHandler {
public:
    explicit BlockCollector(const pgfilter::Toc& toc) : toc_(toc) {}

    bool begin_block(const pgfilter::Block& block) override {
        latest_ = &blocks_[toc_[block.entry].dump_id()];
        return true;
    }
    void block_bytes(pgfilter::ByteSource& source, std::uint64_t count) override { take(source, count); }
    void end_block(pgfilter::ByteSource& source, std::size_t count) override { take(source, count); }
    void trailer_bytes(pgfilter::ByteSource& source, std::uint64_t count) override {
        latest_ = &trailer_;
        take(source, count);
    }

    [[nodiscard]] const std::map<pgfilter::DumpId, std::string>& blocks() const { return blocks_; }

private:
    void take(pgfilter::ByteSource& source, std::uint64_t count) {
        while (count > 0) {
            const pgfilter::Bytes bytes = source.peek(1);
            const std::size_t size = std::min<std::uint64_t>(bytes.size(), count);
            latest_->append(bytes.substr(0, size));
            source.skip(size);
            count -= size;
        }
    }

    const pgfilter::Toc& toc_;
    std::map<pgfilter::DumpId, std::string> blocks_;
    std::string trailer_;
    std::string* latest_ = nullptr;
};
