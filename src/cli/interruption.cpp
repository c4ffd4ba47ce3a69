#include "cli/interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace pgfilter::cli {
namespace {

constexpr std::array stopping_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2};

// A signal handler can reach nothing but what is global.
std::array<char, PATH_MAX> file_to_remove{};

extern "C" void stop(int signal) {
    if (file_to_remove[0] != '\0') unlink(file_to_remove.data());
    ::signal(signal, SIG_DFL);
    raise(signal);
}

}  // namespace

void occupy_closed_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        // The lowest free number is taken, which is this one.
        if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

void handle_signals() {
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
        if (name.size() < file_to_remove.size())
            std::memcpy(file_to_remove.data(), name.c_str(), name.size() + 1);
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
