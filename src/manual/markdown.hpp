// SPDX-License-Identifier: PostgreSQL
// The pages of docs/ as parts of the manual: the Markdown that they are written in, and no more of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manual/roff.hpp"

namespace pgfilter::manual {

/// A part of a text.  What is in text has its Markdown still; code has none.
struct Block {
    enum class Kind { heading, paragraph, code, item, row } kind;
    std::string text;                ///< of a row, its first cell
    std::string second = {};         ///< of a row, its second cell
    std::string mark = {};           ///< of an item: "-", "1."
    std::size_t level = 0;           ///< of a heading
    std::vector<Block> inside = {};  ///< of an item, after its first paragraph
};

std::vector<Block> read_markdown(std::string_view text);

/// What stands between the heading and the next one of its level.  Throws std::runtime_error if there is no
/// such heading, for then the text has been changed and the manual has not.
std::vector<Block> section_of(const std::vector<Block>& blocks, std::string_view heading);
/// What stands before the first heading of a level, without the title.
std::vector<Block> beginning_of(const std::vector<Block>& blocks, std::size_t level);

/// Where a text is read and where it will stand, on which depends what its links lead to.
struct Setting {
    std::string_view folder;  ///< of the page that is read: "docs/", or empty for that of the project
    std::string_view page;    ///< of the manual, which needs no reference to itself: "pgfilter-rules"
};

/// The text of a paragraph.
Roff inline_text(std::string_view text, const Setting& setting);

/// Adds them to the page; headings of the level `sections` become sections, deeper ones subsections.
void add_blocks(Page& page, const std::vector<Block>& blocks, std::size_t sections, const Setting& setting);

}  // namespace pgfilter::manual
