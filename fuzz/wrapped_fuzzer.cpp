// SPDX-License-Identifier: PostgreSQL
// Wrapped input: refused with an Error, or unpacked to the same bytes however they come in and are taken.
#include <algorithm>
#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <optional>

#include "fuzz_target.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/wrapped.hpp"

namespace {

using namespace pgfilter;

constexpr std::size_t most_output = 1U << 20U;  // what a small input may become can be much more

/// Memory that is seen through a window of a few bytes.
class NarrowSource final : public BufferedSource {
public:
    NarrowSource(Bytes bytes, std::size_t width) : BufferedSource(16), rest_(bytes), width_(width) {}

protected:
    std::size_t read_some(char* into, std::size_t size) override {
        const std::size_t count = std::min({size, width_, rest_.size()});
        std::copy_n(rest_.data(), count, into);
        rest_.remove_prefix(count);
        return count;
    }

private:
    Bytes rest_;
    std::size_t width_;
};

/// Nothing if it is refused.
std::optional<std::string> unwrap(ByteSource& source, Wrapping wrapping, std::size_t want) try {
    UnwrappingSource unwrapped(source, wrapping);
    std::string result;
    for (Bytes run = unwrapped.peek(want); !run.empty(); run = unwrapped.peek(want)) {
        require(unwrapped.offset() == result.size());
        result += run;
        unwrapped.skip(run.size());
        if (result.size() > most_output) break;
    }
    return result.substr(0, most_output);
} catch (const Error& error) {
    require(!error.message().empty());
    return std::nullopt;
}

template <class Filter>
std::string wrap(Filter filter, Bytes plain) {
    std::string wrapped;
    boost::iostreams::filtering_ostream stream;
    stream.push(std::move(filter));
    stream.push(boost::iostreams::back_inserter(wrapped));
    stream.write(plain.data(), static_cast<std::streamsize>(plain.size()));
    stream.reset();
    return wrapped;
}

std::string wrap_in_any(Bytes plain, Random& random) {
    namespace io = boost::iostreams;
    switch (random.below(4)) {
        case 0:
            return wrap(io::gzip_compressor(), plain);
        case 1:
            return wrap(io::bzip2_compressor(io::bzip2_params(1)), plain);
        case 2:
            return wrap(io::lzma_compressor(io::lzma_params(0)), plain);
        default:
            return wrap(io::zstd_compressor(), plain);
    }
}

Wrapping wrapping_of(Bytes input) {
    return recognise_wrapping(input.substr(0, wrapping_magic_size));
}

}  // namespace

/// Changes what is wrapped or how, adds another stream behind it, or changes bytes of the wrapping.
std::string fuzz_mutate(Bytes input, std::size_t most, Random& random) {
    if (random.one_in(2)) return mutate_bytes(input, most, random);
    std::string plain;
    if (const Wrapping wrapping = wrapping_of(input); wrapping != Wrapping::none) {
        MemorySource source(input);
        plain = unwrap(source, wrapping, 1).value_or("");
    }
    plain = mutate_bytes(plain, std::min(plain.size() + 64, most / 2), random);
    std::string mutant = wrap_in_any(plain, random);
    if (random.one_in(4)) mutant.insert(0, input);
    return mutant.substr(0, most);
}

bool fuzz_one(Bytes input) {
    const Wrapping wrapping = wrapping_of(input);
    if (wrapping == Wrapping::none) return false;
    MemorySource whole(input);
    const std::optional<std::string> result = unwrap(whole, wrapping, 1);
    NarrowSource narrow(input, 1 + input.size() % 7);
    require(unwrap(narrow, wrapping, 700) == result);
    return result.has_value();
}
