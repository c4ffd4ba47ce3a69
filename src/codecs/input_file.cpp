// SPDX-License-Identifier: PostgreSQL
// A file opened for reading, and unpacked while it is read if it is wrapped.
#include <optional>

#include "bytes/owned_descriptor.hpp"
#include "bytes/system_error.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter {
namespace {

int opened(const std::string& name) {
    const int descriptor = open_to_read(name);
    if (descriptor < 0) throw system_error("cannot open the file").in_file(name);
    return descriptor;
}

}  // namespace

struct InputFile::State {
    State(const std::string& name, std::uint64_t max_ratio)
        : file(opened(name)),
          stored(file.number()),
          wrapping(recognise_wrapping(stored.peek(wrapping_magic_size))) {
        if (wrapping != Wrapping::none) unwrapped.emplace(stored, wrapping, max_ratio);
    }

    ByteSource& source() noexcept {
        if (unwrapped) return *unwrapped;
        return stored;
    }

    Descriptor file;
    DescriptorSource stored;
    Wrapping wrapping;
    std::optional<UnwrappingSource> unwrapped;
};

InputFile::InputFile(const std::string& name, std::uint64_t max_ratio)
    : state_(std::make_unique<State>(name, max_ratio)) {}
InputFile::~InputFile() = default;

Wrapping InputFile::wrapping() const noexcept {
    return state_->wrapping;
}
Bytes InputFile::peek(std::size_t want) {
    return state_->source().peek(want);
}
void InputFile::skip(std::size_t count) {
    state_->source().skip(count);
}
std::uint64_t InputFile::offset() const noexcept {
    return state_->source().offset();
}

}  // namespace pgfilter
