// SPDX-License-Identifier: PostgreSQL
// How the message of an error is put together.
#include "pgfilter/error.hpp"

#include <utility>

namespace pgfilter {

Error::Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {
    compose();
}

Error& Error::at(std::uint64_t offset) {
    if (!offset_) offset_ = offset;
    compose();
    return *this;
}

Error& Error::as(FindingKind kind) {
    if (!kind_) kind_ = kind;
    return *this;
}

Error& Error::in_entry(std::string entry) {
    if (entry_.empty()) entry_ = std::move(entry);
    compose();
    return *this;
}

Error& Error::in_file(std::string file) {
    if (file_.empty()) file_ = std::move(file);
    compose();
    return *this;
}

Error& Error::add_hint(const std::string& hint) {
    message_.append("; ").append(hint);
    compose();
    return *this;
}

void Error::compose() {
    what_.clear();
    if (!file_.empty()) what_ += file_ + ": ";
    std::string place = entry_;
    if (offset_) place += (place.empty() ? "offset " : ", offset ") + std::to_string(*offset_);
    if (!place.empty()) what_ += place + ": ";
    what_ += message_;
}

const char* Error::what() const noexcept {
    return what_.c_str();
}

ContractError::ContractError(const std::string& message) : std::logic_error(message) {}
ContractError::~ContractError() = default;

}  // namespace pgfilter
