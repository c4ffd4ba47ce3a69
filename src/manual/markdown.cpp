// SPDX-License-Identifier: PostgreSQL
#include "manual/markdown.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "bytes/lines.hpp"

namespace pgfilter::manual {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
    Lines lines;
    for_each_line(text, [&](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

std::string joined(const Lines& lines, char separator) {
    std::string text;
    for (const std::string& line : lines) text.append(text.empty() ? 0 : 1, separator).append(line);
    return text;
}

std::size_t indentation_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

/// "- " or "12. " at the beginning of a line; empty if it begins otherwise.
std::string_view mark_of(std::string_view line) {
    const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    const std::string_view rest = line.substr(digits);
    const bool is_mark = digits == 0 ? rest.starts_with("- ") : rest.starts_with(". ");
    return is_mark ? line.substr(0, digits + 2) : std::string_view();
}

std::string trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = text.find_last_not_of(' ');
    return std::string(text.substr(begin, end + 1 - begin));
}

class Reader {
public:
    explicit Reader(Lines lines) : lines_(std::move(lines)) {}

    std::vector<Block> read() {
        while (at_ < lines_.size()) {
            const std::string& line = lines_[at_];
            if (line.empty()) {
                ++at_;
            } else if (line.starts_with('#')) {
                heading();
            } else if (line.starts_with("```")) {
                fenced_code();
            } else if (line.starts_with("    ")) {
                indented_code();
            } else if (line.starts_with('|')) {
                rows();
            } else if (!mark_of(line).empty()) {
                item();
            } else {
                paragraph();
            }
        }
        return std::move(blocks_);
    }

private:
    void heading() {
        const std::string& line = lines_[at_++];
        const std::size_t level = line.find_first_not_of('#');
        blocks_.push_back({.kind = Block::Kind::heading, .text = line.substr(level + 1), .level = level});
    }

    void fenced_code() {
        Lines code;
        for (++at_; at_ < lines_.size() && lines_[at_] != "```"; ++at_) code.push_back(lines_[at_]);
        ++at_;
        blocks_.push_back({.kind = Block::Kind::code, .text = joined(code, '\n')});
    }

    void indented_code() {
        Lines code;
        for (; at_ < lines_.size() && lines_[at_].starts_with("    "); ++at_)
            code.push_back(lines_[at_].substr(4));
        blocks_.push_back({.kind = Block::Kind::code, .text = joined(code, '\n')});
    }

    /// Two cells each; the first two lines are the head of the table.
    void rows() {
        for (at_ += 2; at_ < lines_.size() && lines_[at_].starts_with('|'); ++at_) {
            const std::string_view line = lines_[at_];
            const std::size_t border = line.find(" | ");
            blocks_.push_back({.kind = Block::Kind::row,
                               .text = trimmed(line.substr(1, border - 1)),
                               .second = trimmed(line.substr(border + 3, line.rfind('|') - border - 3))});
        }
    }

    void item() {
        const std::string mark(mark_of(lines_[at_]));
        Lines content{lines_[at_++].substr(mark.size())};
        while (at_ < lines_.size() && (lines_[at_].empty() || indentation_of(lines_[at_]) >= mark.size())) {
            content.push_back(lines_[at_].substr(std::min(mark.size(), lines_[at_].size())));
            ++at_;
        }
        std::vector<Block> inside = Reader(std::move(content)).read();
        Block block{.kind = Block::Kind::item, .text = inside.front().text, .mark = trimmed(mark)};
        block.inside.assign(inside.begin() + 1, inside.end());
        blocks_.push_back(std::move(block));
    }

    void paragraph() {
        Lines text;
        for (; at_ < lines_.size() && !lines_[at_].empty(); ++at_) text.push_back(trimmed(lines_[at_]));
        blocks_.push_back({.kind = Block::Kind::paragraph, .text = joined(text, ' ')});
    }

    Lines lines_;
    std::size_t at_ = 0;
    std::vector<Block> blocks_;
};

/// Where in the manual a page of docs/ is.
struct Place {
    std::string_view file;
    std::string_view name;
    std::string_view section;  ///< of the manual
    std::string_view heading;  ///< on that page
};

constexpr auto places = std::to_array<Place>({
    {"docs/rules.md", "pgfilter-rules", "5", "RULES"},
    {"docs/rule-files.md", "pgfilter-rules", "5", "DESCRIPTION"},
    {"docs/patterns.md", "pgfilter-rules", "5", "PATTERNS"},
    {"docs/plugin.md", "pgfilter-plugin", "3", "DESCRIPTION"},
});

/// Reads what a paragraph has beside words.
class InlineReader {
public:
    InlineReader(std::string_view text, const Setting& setting) : rest_(text), setting_(setting) {}

    Roff read() {
        while (!rest_.empty()) {
            if (!take_quoted("**") && !take_quoted("`") && !take_link()) take_plain();
        }
        return std::move(words_);
    }

private:
    void add(const Roff& words, std::size_t length) {
        words_ += words;
        rest_.remove_prefix(length);
    }

    bool take_quoted(std::string_view quote) {
        const std::size_t end = rest_.find(quote, quote.size());
        if (!rest_.starts_with(quote) || end == std::string_view::npos) return false;
        add(bold(rest_.substr(quote.size(), end - quote.size())), end + quote.size());
        return true;
    }

    bool take_link() {
        const std::size_t middle = rest_.find("](");
        const std::size_t end = rest_.find(')', middle);
        if (!rest_.starts_with('[') || end == std::string_view::npos) return false;
        add(link(rest_.substr(1, middle - 1), rest_.substr(middle + 2, end - middle - 2)), end + 1);
        return true;
    }

    void take_plain() {
        const std::size_t length = std::min(rest_.find_first_of("*`[", 1), rest_.size());
        add(plain(rest_.substr(0, length)), length);
    }

    [[nodiscard]] Roff link(std::string_view text, std::string_view target) const {
        const std::string path = target.starts_with("../") ? std::string(target.substr(3))
                                                           : std::string(setting_.folder).append(target);
        const bool is_named = path.ends_with(text);  // the text is no more than the name of the file
        const auto* const place = std::find_if(places.begin(), places.end(),
                                               [&](const Place& known) { return known.file == path; });
        Roff where = italic(path);
        if (place != places.end())
            where = setting_.page == place->name ? plain("the section ") + bold(place->heading)
                                                 : reference(place->name, place->section);
        return is_named ? where : plain(text) + plain(" (") + where + plain(")");
    }

    std::string_view rest_;
    const Setting& setting_;
    Roff words_;
};

void add_item(Page& page, const Block& block, const Setting& setting) {
    page.item(block.mark, inline_text(block.text, setting));
    if (block.inside.empty()) return;
    page.indent();
    add_blocks(page, block.inside, 0, setting);
    page.outdent();
}

}  // namespace

std::vector<Block> read_markdown(std::string_view text) {
    return Reader(lines_of(text)).read();
}

std::vector<Block> section_of(const std::vector<Block>& blocks, std::string_view heading) {
    const auto begin = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) {
        return block.kind == Block::Kind::heading && block.text == heading;
    });
    if (begin == blocks.end()) throw std::runtime_error("there is no heading: " + std::string(heading));
    const auto end = std::find_if(begin + 1, blocks.end(), [&](const Block& block) {
        return block.kind == Block::Kind::heading && block.level <= begin->level;
    });
    return {begin + 1, end};
}

std::vector<Block> beginning_of(const std::vector<Block>& blocks, std::size_t level) {
    const auto end = std::find_if(blocks.begin() + 1, blocks.end(), [&](const Block& block) {
        return block.kind == Block::Kind::heading && block.level == level;
    });
    return {blocks.begin() + 1, end};
}

Roff inline_text(std::string_view text, const Setting& setting) {
    return InlineReader(text, setting).read();
}

void add_blocks(Page& page, const std::vector<Block>& blocks, std::size_t sections, const Setting& setting) {
    for (const Block& block : blocks) {
        switch (block.kind) {
            case Block::Kind::heading:
                block.level <= sections ? page.section(block.text)
                                        : page.subsection(inline_text(block.text, setting));
                break;
            case Block::Kind::paragraph:
                page.paragraph(inline_text(block.text, setting));
                break;
            case Block::Kind::code:
                page.verbatim(block.text);
                break;
            case Block::Kind::item:
                add_item(page, block, setting);
                break;
            case Block::Kind::row:
                page.tagged({inline_text(block.text, setting)}, inline_text(block.second, setting));
                break;
        }
    }
}

}  // namespace pgfilter::manual
