// SPDX-License-Identifier: PostgreSQL
#include "cli/messages.hpp"

#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <string>

#include "bytes/harmless.hpp"

namespace pgfilter::cli {
namespace {

using Parts = std::array<std::string_view, 5>;

/// Whether it is worth another attempt.  Standard error may be a pipe that does not block, as its reader has
/// made it.
bool wait_to_write() noexcept {
    if (errno == EINTR) return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
    pollfd waiting{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

/// In one call where the system takes it, so that lines of the programs of a pipeline do not mix.
void write_out(Parts parts) noexcept {
    const auto is_left = [](std::string_view part) { return !part.empty(); };
    while (std::any_of(parts.begin(), parts.end(), is_left)) {
        std::array<iovec, std::tuple_size_v<Parts>> vectors{};
        std::transform(parts.begin(), parts.end(), vectors.begin(), [](std::string_view part) {
            return iovec{const_cast<char*>(part.data()), part.size()};
        });
        const ssize_t put = ::writev(STDERR_FILENO, vectors.data(), static_cast<int>(vectors.size()));
        if (put <= 0 && !wait_to_write()) return;  // there is nobody left to tell
        for (std::size_t written = static_cast<std::size_t>(std::max<ssize_t>(put, 0));
             std::string_view & part : parts) {
            const std::size_t of_part = std::min(written, part.size());
            part.remove_prefix(of_part);
            written -= of_part;
        }
    }
}

}  // namespace

void complain(std::string_view message, std::string_view detail) noexcept {
    const auto say = [](std::string_view what, std::string_view of_it) {
        write_out({"pgfilter: ", what, of_it.empty() ? "" : ": ", of_it, "\n"});
    };
    if (!steers_terminals(message) && !steers_terminals(detail)) return say(message, detail);
    try {
        say(harmless(std::string(message)), harmless(std::string(detail)));
    } catch (const std::bad_alloc&) {
        say("out of memory", {});
    }
}

void print_on_standard_error(std::string_view text) noexcept {
    write_out({text});
}

}  // namespace pgfilter::cli
