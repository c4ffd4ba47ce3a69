// SPDX-License-Identifier: PostgreSQL
// Texts of an archive where people see them: an archive must not be able to control a terminal, or to make a
// line look different from what it says.
#pragma once

#include <string>
#include <string_view>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// The first character of a text, as UTF-8 where it is that, else one byte.
struct Character {
    std::size_t size;
    char32_t code;
    /// A control character (C0, DEL, C1, also as one byte of an encoding that has no others there) or one
    /// that changes the direction of what is written.
    bool steers;
};

/// REQUIRES: `text` is not empty.
Character first_character(std::string_view text) noexcept;

/// Whether a character of the text steers.
bool steers_terminals(std::string_view text) noexcept;

/// With "?" for characters that steer.
std::string harmless(std::string text);

/// Appends \x and two digits for each byte.
void append_escaped(std::string& to, std::string_view bytes);

/// Passes on what is printed, with escapes for characters that steer, but for the ends of lines and tabs.
class HarmlessSink final : public ByteSink {
public:
    enum class Form : std::uint8_t {
        text,  ///< \x9b for each byte
        json,  ///< \u009b, which a reader of JSON decodes to the same character
    };

    HarmlessSink(ByteSink& sink, Form form) : sink_(sink), form_(form) {}

    void write(Bytes data) override;
    void finish() override;

private:
    void put(Bytes text);

    ByteSink& sink_;
    Form form_;
    std::string begun_;  // a character that is not complete
};

}  // namespace pgfilter
