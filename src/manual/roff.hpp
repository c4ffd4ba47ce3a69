// SPDX-License-Identifier: PostgreSQL
// Manual pages as man(1) reads them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgfilter::manual {

/// A piece of a line in which every character stands for itself or sets the font.
struct Roff {
    std::string text;

    Roff& operator+=(const Roff& other) {
        text += other.text;
        return *this;
    }
    friend Roff operator+(Roff a, const Roff& b) { return std::move(a += b); }
};

/// REQUIRES: UTF-8.
Roff plain(std::string_view text);
Roff bold(std::string_view text);
Roff italic(std::string_view text);
/// With the options in it in bold.
Roff prose(std::string_view text);
/// "pgfilter-rules(5)", as pages refer to each other.
Roff reference(std::string_view name, std::string_view section);

/// What all pages of one build say.
struct Edition {
    std::string version;  ///< "0.1.0"
    std::string date;     ///< "2026-11-28"
};

/// A page, in the macros of man(7) that groff and mandoc both know.
class Page {
public:
    /// With its section NAME.
    Page(std::string_view name, std::string_view section, std::string_view book, std::string_view purpose,
         const Edition& edition);

    /// In capital letters.
    void section(std::string_view title);
    void subsection(const Roff& title);
    void paragraph(const Roff& words);
    /// What the tags, one below the other, mean.
    void tagged(const std::vector<Roff>& tags, const Roff& words);
    /// A part of a list, with its mark: "-", "1.".
    void item(std::string_view mark, const Roff& words);
    /// Lines as they are.
    void verbatim(std::string_view lines);
    /// What follows is indented, until outdent().
    void indent();
    void outdent();

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    void line(std::string_view line);
    /// Breaks lines where they become long and where a sentence ends, so that man(1) knows such ends.
    void flow(const Roff& words);

    std::string text_;
    bool is_after_title_ = false;
};

}  // namespace pgfilter::manual
