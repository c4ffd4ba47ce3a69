// SPDX-License-Identifier: PostgreSQL
// The archive that is read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bytes/owned_descriptor.hpp"
#include "cli/options.hpp"
#include "pgfilter/bytes.hpp"
#include "pgfilter/check.hpp"

namespace pgfilter::cli {

/// FILE or standard input, and what is inside if that is wrapped in a compressed format.
class Input {
public:
    explicit Input(const Options& options);

    /// Throws Error if there is no such file, or if it is of a kind that holds no archive.
    void open();
    /// After open(), whose file is not read before.  Throws Error (usage) where what is written, which is
    /// never wrapped, would take the place of a wrapped file.
    void unwrap();
    /// After unwrap().  Throws Error (usage): FILE was forgotten, or what should have been written has
    /// failed.
    void refuse_empty_standard_input() const;

    [[nodiscard]] bool is_open() const noexcept { return opened_.has_value(); }
    [[nodiscard]] int descriptor() const noexcept { return opened_->number(); }
    /// What messages call it; they also tell offsets, which are not those of the file if that is wrapped.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// After unwrap().
    [[nodiscard]] ByteSource& source() const noexcept { return unwrapped_ ? *unwrapped_ : *stored_; }
    /// The same, so that several threads can read it if it is a file.
    [[nodiscard]] CheckInput to_check() const;

private:
    void refuse_replacement(const std::string& wrapping) const;

    const Options& options_;
    std::string name_;
    std::optional<Descriptor> opened_;
    std::optional<std::uint64_t> start_;  // of the archive in a file that is to be checked
    std::unique_ptr<ByteSource> stored_;
    std::unique_ptr<ByteSource> unwrapped_;  // null if it is not wrapped
};

}  // namespace pgfilter::cli
