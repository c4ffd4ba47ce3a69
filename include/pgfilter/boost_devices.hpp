// SPDX-License-Identifier: PostgreSQL
// Reading from and writing to devices of Boost.Iostreams, which may do a part of what is asked for, or
// nothing.
//
// It is here for boost_iostreams.hpp, and not for use elsewhere.
#pragma once

#include <boost/iostreams/read.hpp>
#include <boost/iostreams/traits.hpp>
#include <boost/iostreams/write.hpp>
#include <chrono>
#include <cstddef>
#include <ios>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <thread>
#include <type_traits>

#include "pgfilter/bytes.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter::boost_iostreams {

/// Waits a little between attempts, until `limit` has passed without success.
class Waiting {
public:
    explicit Waiting(std::optional<std::chrono::milliseconds> limit = {}) : limit_(limit) {}

    void again() {
        const auto now = std::chrono::steady_clock::now();
        if (!is_waiting_) begin_ = now;
        is_waiting_ = true;
        if (limit_ && now - begin_ >= *limit_) throw Error(ErrorCode::io, "the output takes no more bytes");
        if (now - begin_ < std::chrono::milliseconds(20)) {
            std::this_thread::yield();
        } else {
            std::this_thread::sleep_for(std::chrono::microseconds(50));
        }
    }
    void success() noexcept { is_waiting_ = false; }

private:
    std::optional<std::chrono::milliseconds> limit_;
    std::chrono::steady_clock::time_point begin_;
    bool is_waiting_ = false;
};

/// Calls `work`, and makes an Error of what a device throws.
template <class Work>
auto with_errors(const char* doing, Work work) {
    try {
        return work();
    } catch (const std::ios_base::failure& failure) {
        throw Error(ErrorCode::io, std::string(doing).append(failure.what()));
    }
}

/// Reads 1 to `size` bytes and returns how many; 0 only at the end.
template <class Source>
std::size_t read_some(Source& source, char* into, std::size_t size) {
    return with_errors("cannot read: ", [&]() -> std::size_t {
        for (Waiting waiting;; waiting.again()) {
            const std::streamsize count =
                boost::iostreams::read(source, into, static_cast<std::streamsize>(size));
            if (count < 0) return 0;
            if (count > 0) return static_cast<std::size_t>(count);
        }
    });
}

/// These never take less than they are given unless they fail, if they are not Boost's.
template <class Sink>
inline constexpr bool is_standard_stream =
    !boost::iostreams::detail::is_boost<Sink>::value && !boost::iostreams::detail::is_linked<Sink>::value &&
    (std::is_base_of_v<std::ostream, Sink> || std::is_base_of_v<std::streambuf, Sink>);

/// The buffer that Boost has in front of each sink of a chain.
///
/// If a sink takes a part of it twice, Boost repeats bytes (seen in 1.74), so that a sink that takes a part
/// is refused.
template <class Sink>
class BufferOf {
public:
    explicit BufferOf(Sink& sink) : sink_(sink), begin_(begin()) {}

    /// Bytes that wait in it.
    [[nodiscard]] std::ptrdiff_t size() const {
        if constexpr (is_there) return (sink_.*(&Area::pptr))() - begin();
        return 0;
    }

    /// REQUIRES: the sink has taken less than was there.
    void refuse_part() const {
        if (begin() != begin_)
            throw Error(
                ErrorCode::io,
                "cannot write: the sink takes a part of what it is given, which Boost.Iostreams cannot "
                "buffer; push it with a buffer of size 0");
    }

    /// Gives the sink what waits.
    void flush() {
        if constexpr (is_there) {
            if (sink_.pubsync() != 0) throw Error(ErrorCode::io, "cannot write: the sink has failed");
        }
    }

private:
    static constexpr bool is_there = boost::iostreams::detail::is_linked<Sink>::value;
    struct Area : std::streambuf {
        using std::streambuf::pbase;
        using std::streambuf::pptr;
    };

    [[nodiscard]] const char* begin() const {
        if constexpr (is_there) return (sink_.*(&Area::pbase))();
        return nullptr;
    }

    Sink& sink_;
    const char* begin_;
};

template <class Sink>
void write_all(Sink& sink, Bytes data, std::chrono::milliseconds patience) {
    with_errors("cannot write: ", [&] {
        BufferOf buffer(sink);
        for (Waiting waiting(patience); !data.empty();) {
            const std::streamsize count =
                boost::iostreams::write(sink, data.data(), static_cast<std::streamsize>(data.size()));
            if (count < 0 || (is_standard_stream<Sink> && static_cast<std::size_t>(count) < data.size()))
                throw Error(ErrorCode::io, "cannot write: the stream has failed");
            data.remove_prefix(static_cast<std::size_t>(count));
            if (!data.empty() && buffer.size() > 0) buffer.refuse_part();
            count == 0 ? waiting.again() : waiting.success();
        }
    });
}

/// Empties the buffer in front of a sink of a chain.  Boost would forget what the sink does not take at once
/// when it is closed, and would not report a failure.
template <class Sink>
void drain(Sink& sink, std::chrono::milliseconds patience) {
    BufferOf buffer(sink);
    for (Waiting waiting(patience); buffer.size() > 0; waiting.again()) {
        buffer.flush();
        if (buffer.size() > 0) buffer.refuse_part();
        if (buffer.size() == 0) return;
    }
}

/// Boost's adapter for closing would ask a sink that has failed again and again.
template <class Sink>
auto& without_adapter(Sink& sink) {
    if constexpr (requires { sink.device_; }) {
        return sink.device_;
    } else {
        return sink;
    }
}

}  // namespace pgfilter::boost_iostreams
