// SPDX-License-Identifier: PostgreSQL
// What a name on the command line leads to.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace pgfilter::cli {

/// A place to read from or write to: one of the program's own descriptors, a file, a device, or nothing yet.
class Place {
public:
    /// An empty name and "-" are standard output.  A name that leads to an open descriptor of this process
    /// is that descriptor, however it is spelled: /dev/stdout, /dev/fd/3, /proc/self/fd/3, or a link to one.
    /// Throws Error (io) where it cannot be found out.
    static Place of_output(const std::string& name);
    static Place of_descriptor(int number);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// That the name stands for; what is open already must not be opened again or replaced.
    [[nodiscard]] const std::optional<int>& descriptor() const noexcept { return descriptor_; }
    /// A device, a pipe, a socket, a directory.
    [[nodiscard]] bool is_special() const noexcept { return status_ && !S_ISREG(status_->st_mode); }
    [[nodiscard]] bool is_empty() const noexcept { return status_ && status_->st_size == 0; }

    /// Whether what is written to one comes out of the other: both are one file, one disk, or would be one
    /// file once there is one.
    [[nodiscard]] bool is_same_file(const Place& other) const;

private:
    Place(std::string name, std::optional<int> descriptor, std::optional<struct stat> status);

    std::string name_;
    std::optional<int> descriptor_;
    std::optional<struct stat> status_;
};

}  // namespace pgfilter::cli
