// SPDX-License-Identifier: PostgreSQL
#include "check/block_costs.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "archive/wire.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t free_of_ratio = 64 * mebibyte;  // as in a wrapped input

}  // namespace

std::uint64_t zstd_window(Bytes frame) {
    constexpr std::size_t magic_size = 4;
    if (frame.size() < magic_size + 2) return 0;
    const auto descriptor = static_cast<unsigned char>(frame[magic_size]);
    frame.remove_prefix(magic_size + 1);
    const bool is_single_segment = (descriptor & 0x20U) != 0;
    if (!is_single_segment) {
        const auto window = static_cast<unsigned char>(frame[0]);
        const std::uint64_t base = std::uint64_t{1} << (10U + (window >> 3U));
        return base + base / 8 * (window & 7U);
    }
    // The window is the content.
    constexpr std::array<std::size_t, 4> dictionary_sizes{0, 1, 2, 4};
    constexpr std::array<std::size_t, 4> content_sizes{1, 2, 4, 8};
    const std::size_t begin = dictionary_sizes.at(descriptor & 3U);
    const std::size_t size = content_sizes.at(descriptor >> 6U);
    if (frame.size() < begin + size) return 0;
    return wire::decode_little_endian(frame.substr(begin, size)) + (size == 2 ? 256 : 0);
}

BlockCosts::BlockCosts(std::uint64_t max_ratio, unsigned threads)
    : max_ratio_(max_ratio), small_window_(std::min(8 * mebibyte, 64 * mebibyte / threads)) {}

void BlockCosts::Block::take_window(std::uint64_t size) {
    if (size <= all_.small_window_) return;
    has_large_window_ = true;
    std::unique_lock lock(all_.mutex_);
    all_.changed_.wait(lock, [&] { return all_.first_ == number_; });
}

void BlockCosts::Block::count(std::uint64_t decoded, std::uint64_t position) {
    decoded_ = decoded;
    position_ = position;
    if (all_.is_too_much(decoded, position)) all_.refuse(position);
    if (all_.refused_at_ != 0) all_.refuse(all_.refused_at_);
}

void BlockCosts::check() const {
    if (refused_at_ != 0) refuse(refused_at_);
}

bool BlockCosts::is_too_much(std::uint64_t decoded, std::uint64_t position) const noexcept {
    return max_ratio_ != 0 && decoded > free_of_ratio && decoded / max_ratio_ > position;
}

void BlockCosts::refuse(std::uint64_t position) const {
    throw Error(ErrorCode::limit, "the data is more than " + std::to_string(max_ratio_) +
                                      " times as large as it is stored (ratio=" + std::to_string(max_ratio_) +
                                      ")")
        .at(position);
}

void BlockCosts::end(const Block& block) {
    const std::scoped_lock lock(mutex_);
    ended_.insert({block.number_, {block.decoded_, block.position_}});
    while (!ended_.empty() && ended_.begin()->first == first_) {
        const Ended first = ended_.begin()->second;
        decoded_ += first.decoded;
        if (refused_at_ == 0 && is_too_much(decoded_, first.position)) refused_at_ = first.position;
        ended_.erase(ended_.begin());
        ++first_;
    }
    changed_.notify_all();
}

}  // namespace pgfilter
