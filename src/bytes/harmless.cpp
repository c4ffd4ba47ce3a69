// SPDX-License-Identifier: PostgreSQL
#include "bytes/harmless.hpp"

#include <utility>

#include "bytes/utf8.hpp"

namespace pgfilter {
namespace {

constexpr const char* digits = "0123456789abcdef";
constexpr std::size_t longest_character = 4;

bool is_control(char32_t code) noexcept {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

bool changes_direction(char32_t code) noexcept {
    return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

Character first_character(std::string_view text) noexcept {
    const FrontCharacter front = front_character(text);
    return {front.size, front.code, is_control(front.code) || changes_direction(front.code)};
}

bool steers_terminals(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const Character character = first_character(text.substr(at));
        if (character.steers) return true;
        at += character.size;
    }
    return false;
}

std::string harmless(std::string text) {
    if (!steers_terminals(text)) return text;
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = first_character(std::string_view(text).substr(at));
        character.steers ? result += '?' : result.append(text, at, character.size);
        at += character.size;
    }
    return result;
}

void append_escaped(std::string& to, std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        to.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
    }
}

void HarmlessSink::write(Bytes data) {
    while (!begun_.empty() && !data.empty() && is_begun_character(begun_)) {
        begun_ += data.front();
        data.remove_prefix(1);
    }
    if (!begun_.empty() && is_begun_character(begun_)) return;
    if (!begun_.empty()) put(std::exchange(begun_, {}));
    std::size_t whole = data.size();
    for (std::size_t back = 1; back < longest_character && back <= data.size(); ++back) {
        if (is_begun_character(data.substr(data.size() - back))) whole = data.size() - back;
    }
    put(data.substr(0, whole));
    begun_ = data.substr(whole);
}

void HarmlessSink::finish() {
    put(std::exchange(begun_, {}));
    sink_.finish();
}

void HarmlessSink::put(Bytes text) {
    std::size_t passed = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = first_character(text.substr(at));
        if (character.steers && text[at] != '\n' && text[at] != '\t') {
            sink_.write(text.substr(passed, at - passed));
            std::string escape;
            if (form_ == Form::text) {
                append_escaped(escape, text.substr(at, character.size));
            } else {
                escape = "\\u";
                for (unsigned shift = 16; shift > 0; shift -= 4)
                    escape += digits[(character.code >> (shift - 4)) & 15];
            }
            sink_.write(escape);
            passed = at + character.size;
        }
        at += character.size;
    }
    sink_.write(text.substr(passed));
}

}  // namespace pgfilter
