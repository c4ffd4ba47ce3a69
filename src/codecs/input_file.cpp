// A file opened for reading, and unpacked while it is read if it is wrapped.
#include <fcntl.h>
#include <unistd.h>

#include <optional>

#include "bytes/system_error.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/wrapped.hpp"

namespace pgfilter {
namespace {

class OpenedFile {
public:
    explicit OpenedFile(const std::string& name) : descriptor_(::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) throw system_error("cannot open the file").in_file(name);
    }
    OpenedFile(const OpenedFile&) = delete;
    OpenedFile& operator=(const OpenedFile&) = delete;
    ~OpenedFile() { ::close(descriptor_); }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

struct InputFile::State {
    State(const std::string& name, std::uint64_t max_ratio)
        : file(name),
          stored(file.descriptor()),
          wrapping(recognise_wrapping(stored.peek(wrapping_magic_size))) {
        if (wrapping != Wrapping::none) unwrapped.emplace(stored, wrapping, max_ratio);
    }

    ByteSource& source() noexcept {
        if (unwrapped) return *unwrapped;
        return stored;
    }

    OpenedFile file;
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
