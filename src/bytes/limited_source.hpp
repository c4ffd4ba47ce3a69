// SPDX-License-Identifier: PostgreSQL
// The front of a source, as if it ended there.
#pragma once

#include <algorithm>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

class LimitedSource final : public ByteSource {
public:
    /// Borrows `source`.  Offsets stay its own.
    LimitedSource(ByteSource& source, std::uint64_t size) : source_(source), left_(size) {}

    Bytes peek(std::size_t want) override {
        const Bytes run = source_.peek(std::max<std::size_t>(std::min<std::uint64_t>(want, left_), 1));
        return run.substr(0, left_);
    }
    void skip(std::size_t count) override {
        source_.skip(count);
        left_ -= count;
    }
    [[nodiscard]] std::uint64_t offset() const noexcept override { return source_.offset(); }

private:
    ByteSource& source_;
    std::uint64_t left_;
};

}  // namespace pgfilter
