// SPDX-License-Identifier: PostgreSQL
// A file descriptor that is closed when it is done with.
#pragma once

#include <string>

namespace pgfilter {

/// Owns a descriptor, unless it is one of the standard ones.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    /// False if what was written has perhaps not arrived; errno says why.
    bool close() noexcept;

    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

/// Opens a file.  Returns its descriptor, negative if that failed; errno says why.
int open_to_read(const std::string& name) noexcept;

}  // namespace pgfilter
