#include "cli/descriptor.hpp"

#include <unistd.h>

#include <utility>

namespace pgfilter::cli {

bool Descriptor::close() noexcept {
    const int number = std::exchange(number_, -1);
    return number <= STDERR_FILENO || ::close(number) == 0;
}

}  // namespace pgfilter::cli
