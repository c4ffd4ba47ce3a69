// SPDX-License-Identifier: PostgreSQL
#include "bytes/owned_descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "bytes/retry.hpp"

namespace pgfilter {

bool Descriptor::close() noexcept {
    const int number = std::exchange(number_, -1);
    return number <= STDERR_FILENO || ::close(number) == 0;
}

int open_to_read(const std::string& name) noexcept {
    return uninterrupted([&] { return ::open(name.c_str(), O_RDONLY | O_CLOEXEC); });
}

}  // namespace pgfilter
