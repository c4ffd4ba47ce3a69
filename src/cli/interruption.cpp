// SPDX-License-Identifier: PostgreSQL
#include "cli/interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include "cli/messages.hpp"
#include "cli/program.hpp"

namespace pgfilter::cli {
namespace {

constexpr std::array stopping_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2};

// A signal handler can only reach what is global.
std::array<std::array<char, PATH_MAX>, 2> files_to_remove{};  // of an archive and its report

void remove_files() noexcept {
    for (const auto& file : files_to_remove) {
        if (file[0] != '\0') unlink(file.data());
    }
}

extern "C" void stop(int signal) {
    remove_files();
    ::signal(signal, SIG_DFL);
    raise(signal);
}

// Where an exception cannot be passed on: destructors of the JSON library need memory.
void give_up() noexcept {
    remove_files();
    try {
        if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
        complain("unexpected error");
    } catch (const std::bad_alloc&) {
        complain("out of memory");
    } catch (const std::exception& error) {
        complain("unexpected error", error.what());
    }
    std::_Exit(failed);
}

}  // namespace

void occupy_closed_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        // The lowest free number is taken, which is this one.
        if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

void handle_signals() {
    std::set_terminate(give_up);
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);  // write() says it then
    for (const int signal : stopping_signals) {
        struct sigaction action {};
        // What the caller had ignored, as nohup does, stays ignored.
        if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        action.sa_handler = stop;
        sigaction(signal, &action, nullptr);
    }
}

void remove_when_interrupted(const std::function<std::string()>& create) {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    for (const int signal : stopping_signals) sigaddset(&blocked, signal);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    try {
        const std::string name = create();
        const auto free = std::find_if(files_to_remove.begin(), files_to_remove.end(),
                                       [](const auto& file) { return file[0] == '\0'; });
        if (free != files_to_remove.end() && name.size() < free->size())
            std::memcpy(free->data(), name.c_str(), name.size() + 1);
    } catch (...) {
        sigprocmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    sigprocmask(SIG_SETMASK, &before, nullptr);
}

void die_of_broken_pipe() {
    ::signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
    std::_Exit(128 + SIGPIPE);  // only where SIGPIPE is blocked
}

}  // namespace pgfilter::cli
