// SPDX-License-Identifier: PostgreSQL
// What a FileTarget knows of the file that is to be replaced.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "pgfilter/files.hpp"

namespace pgfilter {

struct FileTarget::State {
    explicit State(const std::string& given);
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();

    void demand_regular(const struct stat& status) const;
    void open_existing();
    void lock() const;

    std::string name;  ///< with all symbolic links followed
    int descriptor = -1;
    std::optional<struct stat> existing;  ///< the file that was there at first; `descriptor` is its
};

}  // namespace pgfilter
