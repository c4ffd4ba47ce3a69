// SPDX-License-Identifier: PostgreSQL
// pgfilter and Boost.Iostreams: filters for chains, and devices as sources and sinks.
//
//     boost::iostreams::filtering_istream in;                     // what is read from it is filtered
//     in.push(pgfilter::BoostInputFilter(job, registry));
//     in.push(boost::iostreams::gzip_decompressor());
//     in.push(boost::iostreams::file_source("in.dump.gz"));
//     boost::iostreams::copy(in, boost::iostreams::file_sink("out.dump"));
//
// Errors.  All of it throws Error; what a device or another filter throws as std::ios_base::failure becomes
// one (io).  A std::istream or std::ostream around a chain swallows exceptions and sets badbit, unless
// exceptions(std::ios_base::badbit) has been called on it; boost::iostreams::copy() and
// boost::iostreams::close() let them pass.  Whoever writes to a chain has to close it, by reset(), pop() or
// close(): only then is an input known to have ended too early, and the destructor of a chain swallows what
// closing throws.
//
// An output is a complete archive only after closing.  What has been written by a chain that was given up, or
// failed, is none.
//
// Waiting.  A device may take fewer bytes than it is given, or none, and may give none (0, which is not the
// end): it is asked again, for 20 ms without a pause and then every 50 us.  A std::istream knows no such
// thing: what is 0 below it is the end.  A sink that takes part of what it is given has to be pushed with a
// buffer of size 0: Boost loses or repeats bytes otherwise.  BoostOutputFilter notices that of the sink right
// below it, and refuses it (io).
//
// This header needs Boost's headers, and no library of Boost's but for its devices and other filters.
#pragma once

#include <algorithm>
#include <boost/iostreams/close.hpp>
#include <boost/iostreams/concepts.hpp>
#include <boost/iostreams/flush.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <ios>
#include <memory>
#include <string>
#include <utility>

#include "pgfilter/boost_devices.hpp"
#include "pgfilter/bytes.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/filtering_sink.hpp"

namespace pgfilter {

/// How long a sink may take nothing before it counts as failed (io).  Boost.Iostreams cannot tell a sink that
/// is busy from a std::ofstream on a full disk at the end of a chain.  Sources are waited for without a
/// limit.
inline constexpr std::chrono::seconds default_patience{60};

/// What the classes below have in common; not for use elsewhere.
namespace boost_iostreams {

/// What a filter writes to.  It is another object at each call, though always the same in the end.
class ChangingSink final : public ByteSink {
public:
    using Write = std::function<void(Bytes)>;

    explicit ChangingSink(Write write = {}) : write_(std::move(write)) {}
    void set(Write write) { write_ = std::move(write); }
    void write(Bytes data) override { write_(data); }
    void finish() override {}

private:
    Write write_;
};

/// What a filter is to do.  The copies that Boost makes of a filter share it.
struct Request {
    Job job;
    RuleRegistry registry;
    FilteringSink::PlanHandler on_plan;
};

/// From the first byte that a filter sees until it is closed.
class Course {
public:
    explicit Course(const Request& request)
        : filter_(request.job, request.registry, sink_, request.on_plan) {}

    /// Has the filter write to `write`, and work.  What has been thrown once is thrown again by later calls,
    /// for nobody knows how much was written.
    template <class Work>
    void run(const ChangingSink::Write& write, Work work) {
        rethrow_failure();
        try {
            sink_.set(write);
            work(filter_);
        } catch (...) {
            failure_ = std::current_exception();
            throw;
        }
    }

    void rethrow_failure() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    ChangingSink sink_;
    FilteringSink filter_;
    std::exception_ptr failure_;
};

}  // namespace boost_iostreams

/// A source of Boost's, or a std::istream or std::streambuf, as a ByteSource.
///
/// `Device` is any model of Source, also a whole chain such as boost::iostreams::filtering_istream.
/// Threads: one at a time.
template <class Device>
class BoostSource final : public BufferedSource {
public:
    /// Borrows `device`, and leaves it open.  `capacity`: bytes of buffer; it reads ahead as many.
    explicit BoostSource(Device& device, std::size_t capacity = std::size_t{64} * 1024)
        : BufferedSource(capacity), device_(device) {}

protected:
    std::size_t read_some(char* into, std::size_t size) override {
        return boost_iostreams::read_some(device_, into, size);
    }

private:
    Device& device_;
};

/// A sink of Boost's, or a std::ostream or std::streambuf, as a ByteSink.
///
/// `Device` is any model of Sink, also a whole chain such as boost::iostreams::filtering_ostream.
/// Threads: one at a time.
template <class Device>
class BoostSink final : public ByteSink {
public:
    /// Borrows `device`.
    explicit BoostSink(Device& device, std::chrono::milliseconds patience = default_patience)
        : device_(device), patience_(patience) {}

    void write(Bytes data) override { boost_iostreams::write_all(device_, data, patience_); }

    /// Flushes the device and closes it for output, with all filters of a chain, so that what is wrong with
    /// the last bytes is thrown here (io).
    void finish() override {
        boost_iostreams::with_errors("cannot complete the output: ", [&] {
            const bool flushed = boost::iostreams::flush(device_);
            boost::iostreams::close(device_, std::ios_base::out);  // which says more of a failure
            if (!flushed) throw Error(ErrorCode::io, "cannot complete the output: the stream has failed");
        });
    }

private:
    Device& device_;
    const std::chrono::milliseconds patience_;
};

/// Filters what is read through it: to be pushed to a filtering_istream, or used wherever Boost.Iostreams
/// takes a multi-character input filter.  The bytes are those that run() writes to a sink that cannot be
/// overwritten.
///
/// Reads from upstream only what is needed for what it is asked for, in runs of up to 64 KiB.  Takes the
/// memory of FilteringSink, and keeps the TOC that is written until it has been read.
///
/// A copy shares the state of the original, as Boost's own filters do: use one of them in one chain at a
/// time, by one thread at a time.  After closing it may be used for another archive.
class BoostInputFilter : public boost::iostreams::multichar_input_filter {
public:
    /// Copies the registry.  `on_plan` hears what is planned for each archive, before any of it can be read,
    /// in the thread that reads.  Throws Error (usage) as check_rules() does.
    BoostInputFilter(Job job, const RuleRegistry& registry, FilteringSink::PlanHandler on_plan = {})
        : state_(std::make_shared<State>(std::move(job), registry, std::move(on_plan))) {}

    /// Gives `size` bytes, fewer only at the end, and -1 after it.  Throws Error as run() does, and again at
    /// each call after that.
    template <class Source>
    std::streamsize read(Source& source, char* into, std::streamsize size) {
        return state_->read(
            [&source](char* to, std::size_t most) { return boost_iostreams::read_some(source, to, most); },
            into, size);
    }

    /// Forgets the archive, whether or not it has been read to its end.  Throws what read() has thrown, for
    /// the stream may have swallowed that.
    template <class Source>
    void close(Source&) {
        state_->close();
    }

private:
    using ReadSome = std::function<std::size_t(char*, std::size_t)>;

    struct State {
        State(Job job, const RuleRegistry& registry, FilteringSink::PlanHandler on_plan)
            : request{std::move(job), registry, std::move(on_plan)} {
            check_rules(request.job.rules, request.registry);
        }

        std::streamsize read(const ReadSome& source, char* into, std::streamsize size) {
            if (!course) course = std::make_unique<boost_iostreams::Course>(request);
            course->rethrow_failure();
            std::streamsize given = 0;
            while (given < size && (taken < output.size() || produce(source))) {
                const std::size_t count =
                    std::min(static_cast<std::size_t>(size - given), output.size() - taken);
                std::copy_n(output.data() + taken, count, into + given);
                taken += count;
                given += static_cast<std::streamsize>(count);
            }
            return given == 0 && size > 0 ? -1 : given;
        }

        // Returns whether there is something to give.
        bool produce(const ReadSome& source) {
            output = {};
            taken = 0;
            const auto keep = [this](Bytes data) { output += data; };
            while (output.empty() && !at_end) {
                course->run(keep, [&](FilteringSink& filtering) {
                    input.resize(input_size);
                    const std::size_t count = source(input.data(), input.size());
                    at_end = count == 0;
                    if (at_end) return filtering.finish();
                    filtering.write(Bytes(input).substr(0, count));
                });
            }
            return !output.empty();
        }

        void close() {
            const std::unique_ptr<boost_iostreams::Course> closed = std::move(course);
            output = {};
            taken = 0;
            at_end = false;
            if (closed) closed->rethrow_failure();
        }

        static constexpr std::size_t input_size = std::size_t{64} * 1024;
        boost_iostreams::Request request;
        std::unique_ptr<boost_iostreams::Course> course;
        std::string input;
        std::string output;
        std::size_t taken = 0;  // of the output
        bool at_end = false;
    };

    std::shared_ptr<State> state_;
};

/// Filters what is written through it: to be pushed to a filtering_ostream, or used wherever Boost.Iostreams
/// takes a multi-character output filter.  The bytes are those that run() writes to a sink that cannot be
/// overwritten.
///
/// Takes the memory of FilteringSink.
///
/// A copy shares the state of the original, as Boost's own filters do: use one of them in one chain at a
/// time, by one thread at a time.  After closing it may be used for another archive.
class BoostOutputFilter : public boost::iostreams::multichar_output_filter {
public:
    struct category : boost::iostreams::multichar_output_filter::category, boost::iostreams::flushable_tag {};

    /// Copies the registry.  `on_plan` hears what is planned for each archive, before any of it is written,
    /// in the thread that writes.  Throws Error (usage) as check_rules() does.
    BoostOutputFilter(Job job, const RuleRegistry& registry, FilteringSink::PlanHandler on_plan = {},
                      std::chrono::milliseconds patience = default_patience)
        : state_(std::make_shared<State>(
              State{{std::move(job), registry, std::move(on_plan)}, patience, nullptr})) {
        check_rules(state_->request.job.rules, registry);
    }

    /// Takes all of it.  Throws Error as run() does, and again at each call after that.
    template <class Sink>
    std::streamsize write(Sink& sink, const char* from, std::streamsize size) {
        state_->run(sink, [&](FilteringSink& filtering) {
            filtering.write({from, static_cast<std::size_t>(size)});
        });
        return size;
    }

    /// Writes what can be written of the archive so far, and waits until the sink has taken it.  Throws as
    /// write() does.
    template <class Sink>
    bool flush(Sink& sink) {
        if (state_->course) state_->drain(boost_iostreams::without_adapter(sink));
        return true;
    }

    /// The input has ended: writes the rest.  Throws Error as run() does, `damaged` if the archive is not
    /// complete; and what write() has thrown, for the stream may have swallowed that.
    template <class Sink>
    void close(Sink& adapted) {
        const std::shared_ptr<State> state = state_;
        auto& sink = boost_iostreams::without_adapter(adapted);
        try {
            state->run(sink, [](FilteringSink& filtering) { filtering.finish(); });
            state->drain(sink);
        } catch (...) {
            state->course.reset();
            throw;
        }
        state->course.reset();
    }

private:
    struct State {
        template <class Sink, class Work>
        void run(Sink& sink, Work work) {
            if (!course) course = std::make_unique<boost_iostreams::Course>(request);
            course->run([&sink, this](Bytes data) { boost_iostreams::write_all(sink, data, patience); },
                        work);
        }

        template <class Sink>
        void drain(Sink& sink) {
            run(sink, [&](FilteringSink&) { boost_iostreams::drain(sink, patience); });
        }

        boost_iostreams::Request request;
        std::chrono::milliseconds patience;
        std::unique_ptr<boost_iostreams::Course> course;
    };

    std::shared_ptr<State> state_;
};

}  // namespace pgfilter
