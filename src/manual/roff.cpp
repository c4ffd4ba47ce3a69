// SPDX-License-Identifier: PostgreSQL
#include "manual/roff.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "bytes/lines.hpp"

namespace pgfilter::manual {
namespace {

constexpr std::size_t line_width = 78;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The character that begins at `at`, which then is that of the next one.
std::uint32_t next_character(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    if (first < 0x80) return first;
    const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    std::uint32_t character = first & (0x3fU >> more);
    for (std::size_t i = 0; i < more && at < text.size(); ++i)
        character = (character << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3fU);
    return character;
}

std::string hexadecimal(std::uint32_t number) {
    std::string digits;
    for (; number != 0 || digits.size() < 4; number /= 16)
        digits.insert(0, 1, "0123456789ABCDEF"[number % 16]);
    return digits;
}

/// Unescaped, some of these look other than they are on a terminal, and cannot be copied from there.
std::string_view escape_of(std::uint32_t character) {
    constexpr auto escapes = std::to_array<std::pair<char, std::string_view>>({
        {'\\', "\\(rs"},
        {'-', "\\-"},
        {'\'', "\\(aq"},
        {'"', "\\(dq"},
        {'`', "\\(ga"},
        {'^', "\\(ha"},
        {'~', "\\(ti"},
    });
    const auto* const found = std::find_if(escapes.begin(), escapes.end(), [&](const auto& escape) {
        return static_cast<std::uint32_t>(escape.first) == character;
    });
    return found == escapes.end() ? std::string_view() : found->second;
}

std::string escaped(std::string_view text) {
    std::string roff;
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t character = next_character(text, at);
        if (const std::string_view escape = escape_of(character); !escape.empty()) {
            roff += escape;
        } else if (character < 0x80) {
            roff += static_cast<char>(character);
        } else {
            roff.append("\\[u").append(hexadecimal(character)).append("]");
        }
    }
    return roff;
}

/// A dot would make it a request.
std::string as_beginning(std::string_view line) {
    return std::string(line.starts_with('.') ? "\\&" : "").append(line);
}

bool ends_sentence(std::string_view word) {
    const std::size_t last = word.find_last_not_of(')');
    return last != std::string_view::npos &&
           std::string_view(".!?").find(word[last]) != std::string_view::npos;
}

bool begins_sentence(std::string_view text) {
    return text.starts_with("\\f") || (!text.empty() && text.front() >= 'A' && text.front() <= 'Z');
}

/// The length of "-x" or "--no-owner" at the beginning.
std::size_t option_length(std::string_view text) {
    const std::size_t name = text.starts_with("--") ? 2 : 1;
    if (!text.starts_with('-') || text.size() <= name || !is_letter(text[name])) return 0;
    std::size_t end = name + 1;
    while (end < text.size() && (is_letter(text[end]) || text[end] == '-')) ++end;
    while (text[end - 1] == '-') --end;
    return name == 2 || end == 2 ? end : 0;
}

Roff in_font(char font, std::string_view text) {
    return {std::string("\\f").append(1, font).append(escaped(text)).append("\\fR")};
}

std::string capitals(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return upper;
}

}  // namespace

Roff plain(std::string_view text) {
    return {escaped(text)};
}

Roff bold(std::string_view text) {
    return in_font('B', text);
}

Roff italic(std::string_view text) {
    return in_font('I', text);
}

Roff prose(std::string_view text) {
    Roff words;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find(' ', start), text.size() - 1) + 1;
        const std::size_t length = option_length(text.substr(start, end - start));
        if (length > 0) words += bold(text.substr(start, length));
        words += plain(text.substr(start + length, end - start - length));
        start = end;
    }
    return words;
}

Roff reference(std::string_view name, std::string_view section) {
    return bold(name) + plain(std::string("(").append(section).append(")"));
}

Page::Page(std::string_view name, std::string_view section, std::string_view book, std::string_view purpose,
           const Edition& edition) {
    line(R"(.\" Made by pgfilter-manual; the sources are src/manual and what it reads.)");
    line(std::string(".TH ")
             .append(escaped(capitals(name)))
             .append(" ")
             .append(section)
             .append(" ")
             .append(edition.date)
             .append(" \"pgfilter ")
             .append(edition.version)
             .append("\" \"")
             .append(book)
             .append("\""));
    line(".nh");    // names are not to be broken
    line(".ad l");  // and a line without a place to break leaves no gaps
    this->section("Name");
    line(escaped(name).append(" \\- ").append(escaped(purpose)));
}

void Page::section(std::string_view title) {
    line(".SH " + escaped(capitals(title)));
    is_after_title_ = true;
}

void Page::subsection(const Roff& title) {
    line(".SS " + title.text);
    is_after_title_ = true;
}

void Page::paragraph(const Roff& words) {
    if (!is_after_title_) line(".PP");
    flow(words);
}

void Page::tagged(const std::vector<Roff>& tags, const Roff& words) {
    const char* macro = ".TP";
    for (const Roff& tag : tags) {
        line(std::exchange(macro, ".TQ"));
        line(as_beginning(tag.text));
    }
    flow(words);
}

void Page::item(std::string_view mark, const Roff& words) {
    line(".IP " + escaped(mark) + " 4");
    flow(words);
}

void Page::verbatim(std::string_view lines) {
    if (!is_after_title_) line(".PP");
    line(".in +4n");
    line(".nf");
    for_each_line(lines, [&](std::string_view one) { line(as_beginning(escaped(one))); });
    line(".fi");
    line(".in");
}

void Page::indent() {
    line(".RS 4");
}

void Page::outdent() {
    line(".RE");
}

void Page::line(std::string_view line) {
    is_after_title_ = false;
    text_.append(line).append("\n");
}

void Page::flow(const Roff& words) {
    const std::string_view text = words.text;
    std::string current;
    const auto end_line = [&] {
        if (!current.empty()) line(as_beginning(current));
        current.clear();
    };
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find(' ', start), text.size());
        const std::string_view word = text.substr(start, end - start);
        if (current.size() + 1 + word.size() > line_width) {
            if (ends_sentence(current)) current += "\\&";  // a sentence that goes on
            end_line();
        }
        current.append(current.empty() || word.empty() ? "" : " ").append(word);
        if (ends_sentence(word) && begins_sentence(text.substr(std::min(end + 1, text.size())))) end_line();
        start = end + 1;
    }
    end_line();
}

}  // namespace pgfilter::manual
