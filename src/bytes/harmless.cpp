#include "bytes/harmless.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgfilter {
namespace {

constexpr const char* digits = "0123456789abcdef";
constexpr std::size_t longest_character = 4;

unsigned char byte_at(std::string_view text, std::size_t place) noexcept {
    return static_cast<unsigned char>(text[place]);
}

/// Bytes of a character of UTF-8 that begins so; 0 for what none begins with.
std::size_t size_of_character(unsigned char first) noexcept {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return 2;
    if (first >= 0xe0 && first <= 0xef) return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

bool is_control(char32_t code) noexcept {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

bool changes_direction(char32_t code) noexcept {
    return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

/// Whether more bytes could make a character of it.
bool is_begun(std::string_view text) noexcept {
    if (text.size() >= size_of_character(byte_at(text, 0))) return false;
    return std::all_of(text.begin() + 1, text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; });
}

}  // namespace

Character first_character(std::string_view text) noexcept {
    const unsigned char first = byte_at(text, 0);
    const std::size_t size = size_of_character(first);
    if (size == 1) return {1, first, is_control(first)};
    const Character alone{1, first, is_control(first)};
    if (size == 0 || text.size() < size) return alone;
    char32_t code = first & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte_at(text, i) & 0xc0) != 0x80) return alone;
        code = code << 6 | (byte_at(text, i) & 0x3fU);
    }
    // Longer than it need be, half of a pair, or beyond Unicode: no UTF-8.
    constexpr std::array<char32_t, longest_character + 1> least{0, 0, 0x80, 0x800, 0x10000};
    if (code < least[size] || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return alone;
    return {size, code, is_control(code) || changes_direction(code)};
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
    for (std::size_t i = 0; i < bytes.size(); ++i)
        to.append("\\x").append({digits[byte_at(bytes, i) >> 4], digits[byte_at(bytes, i) & 15]});
}

void HarmlessSink::write(Bytes data) {
    while (!begun_.empty() && !data.empty() && is_begun(begun_)) {
        begun_ += data.front();
        data.remove_prefix(1);
    }
    if (!begun_.empty() && is_begun(begun_)) return;
    if (!begun_.empty()) put(std::exchange(begun_, {}));
    std::size_t whole = data.size();
    for (std::size_t back = 1; back < longest_character && back <= data.size(); ++back) {
        if (is_begun(data.substr(data.size() - back))) whole = data.size() - back;
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
