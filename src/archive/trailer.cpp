// SPDX-License-Identifier: PostgreSQL
#include "archive/trailer.hpp"

#include <algorithm>
#include <utility>

#include "archive/wire.hpp"

namespace pgfilter {

SecondToc::SecondToc(const Prologue& prologue, OffsetHandler on_offset)
    : prologue_(prologue), on_offset_(std::move(on_offset)), expected_(prologue.stored_count) {
    if (prologue.toc.read_size() == 0) differs_ = true;
}

void SecondToc::next_entry() {
    const Bytes stored = prologue_.toc[next_++].stored();
    free_ = wire::offset_width(prologue_.toc.layout());
    expected_ = stored.substr(0, stored.size() - free_);
}

void SecondToc::take_offset(Bytes bytes) {
    free_ -= bytes.size();
    if (!on_offset_ || bytes.empty()) return;
    offset_ += bytes;
    if (free_ > 0) return;
    on_offset_(next_ - 1, offset_);
    offset_.clear();
}

void SecondToc::compare(Bytes bytes) {
    while (!bytes.empty() && !differs_) {
        if (expected_.empty() && free_ == 0) {
            if (next_ == prologue_.toc.read_size()) {
                differs_ = true;
                return;
            }
            next_entry();
        }
        const std::size_t same = std::min(bytes.size(), expected_.size());
        differs_ = bytes.substr(0, same) != expected_.substr(0, same);
        expected_.remove_prefix(same);
        bytes.remove_prefix(same);
        const std::size_t offset_bytes = expected_.empty() ? std::min(bytes.size(), free_) : 0;
        take_offset(bytes.substr(0, offset_bytes));
        bytes.remove_prefix(offset_bytes);
    }
}

bool SecondToc::complete() const noexcept {
    return !differs_ && expected_.empty() && free_ == 0 && next_ == prologue_.toc.read_size();
}

}  // namespace pgfilter
