// SPDX-License-Identifier: PostgreSQL
// The exceptions that pgfilter throws: Error, and for a mistake of the calling program ContractError.
//
// The code that finds a fault throws the code, the message and the offset; the layers above add what they
// know (the entry, the file) and let it fly on.  what() is composed from these parts:
//     nightly.dump: entry 3217 (TABLE DATA app users), offset 88213: archive ends inside a data chunk
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "pgfilter/export.hpp"

namespace pgfilter {

enum class ErrorCode {
    io,           ///< the operating system refused to read or write
    broken_pipe,  ///< the reader of the output has gone
    unsupported,  ///< not a custom-format archive of a supported version; says what it is instead
    damaged,      ///< an archive whose bytes contradict the format or each other
    limit,        ///< more than Limits allow
    usage,        ///< a rule or its arguments make no sense
    refused,      ///< a rule forbids to pass this archive on
};

enum class FindingKind : std::uint8_t;  // see finding.hpp

/// A value, which borrows nothing: it may be kept, and handed to another thread.
class PGFILTER_API Error : public std::exception {
public:
    Error(ErrorCode code, std::string message);

    /// Adds a part, unless it is already known: the first to say it was nearest to the fault.
    Error& at(std::uint64_t offset);
    Error& in_entry(std::string entry);
    Error& in_file(std::string file);
    Error& as(FindingKind kind);
    /// Adds to the message, after a semicolon.
    Error& add_hint(const std::string& hint);

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// Bytes from the start of the input.
    [[nodiscard]] const std::optional<std::uint64_t>& offset() const noexcept { return offset_; }
    /// What --check calls the fault, where that is more than the code says.
    [[nodiscard]] const std::optional<FindingKind>& kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& entry() const noexcept { return entry_; }
    [[nodiscard]] const std::string& file() const noexcept { return file_; }

    /// All parts in one line.
    [[nodiscard]] const char* what() const noexcept override;

private:
    void compose();

    ErrorCode code_;
    std::string message_;
    std::optional<FindingKind> kind_;
    std::optional<std::uint64_t> offset_;
    std::string entry_;
    std::string file_;
    std::string what_;
};

/// The caller asked for what no archive can have: NULL for a tag, an order that is no permutation.  It is
/// thrown by the call itself, before anything has changed; the message names the call.
class PGFILTER_API ContractError : public std::logic_error {
public:
    explicit ContractError(const std::string& message);
    ContractError(const ContractError&) = default;
    ContractError& operator=(const ContractError&) = default;
    ~ContractError() override;
};

}  // namespace pgfilter
