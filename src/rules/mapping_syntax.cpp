// SPDX-License-Identifier: PostgreSQL
#include <algorithm>

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

/// Takes names and marks off a text that holds one mapping or many.
class MappingReader {
public:
    MappingReader(std::string_view text, bool is_file) : rest_(text), is_file_(is_file) {}

    RuleArgument mapping() {
        RuleArgument mapping;
        mapping.key = name("=");
        if (!rest_.starts_with('=')) fail("\"=\" is missing: write OLD=NEW");
        rest_.remove_prefix(1);
        mapping.value = name("");
        return mapping;
    }

    /// Skips blank lines and comments.  False at the end of the text.
    bool next_line() {
        for (;;) {
            skip_blanks();
            if (rest_.starts_with('#')) rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
            if (!rest_.starts_with('\n')) return !rest_.empty();
            rest_.remove_prefix(1);
            ++line_;
        }
    }

    void end_of_mapping() {
        if (is_file_) skip_blanks();
        if (!rest_.empty() && !(is_file_ && (rest_[0] == '\n' || rest_[0] == '#')))
            fail("unexpected text after the new name; write a name that contains \"=\" in double quotes");
    }

private:
    std::string name(std::string_view end) {
        if (is_file_) skip_blanks();
        std::string result = rest_.starts_with('"') ? quoted_name() : plain_name(end);
        if (is_file_) skip_blanks();
        if (result.empty()) fail("a name is missing: write OLD=NEW");
        return result;
    }

    std::string quoted_name() {
        std::string name;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '"' && !rest_.substr(i + 1).starts_with('"')) {
                line_ += static_cast<std::size_t>(std::count(name.begin(), name.end(), '\n'));
                rest_.remove_prefix(i + 1);
                return name;
            }
            if (rest_[i] == '"') ++i;
            name += rest_[i];
        }
        fail("double quote is not closed");
    }

    std::string plain_name(std::string_view end) {
        std::size_t size = std::min(rest_.find('='), rest_.size());
        if (is_file_) {
            size = std::min(size, rest_.find('\n'));
            for (std::size_t i = 0; i < size; ++i) {
                if (rest_[i] == '#' && (i == 0 ? after_blank_ : is_blank(rest_[i - 1]))) size = i;
            }
        }
        const std::string_view all = rest_.substr(0, size);
        if (end.empty() && size < rest_.size() && rest_[size] == '=')
            fail("more than one \"=\"; write a name that contains \"=\" in double quotes");
        rest_.remove_prefix(all.size());
        const std::size_t kept = is_file_ ? all.find_last_not_of(" \t\r") + 1 : all.size();
        return std::string(all.substr(0, kept));
    }

    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
    void skip_blanks() {
        after_blank_ = !rest_.empty() && is_blank(rest_.front());
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    }

    [[noreturn]] void fail(const std::string& why) const {
        throw Error(ErrorCode::usage, is_file_ ? "line " + std::to_string(line_) + ": " + why : why);
    }

    std::string_view rest_;
    bool is_file_;
    bool after_blank_ = false;
    std::size_t line_ = 1;
};

}  // namespace

RuleArgument parse_mapping(std::string_view text) {
    MappingReader reader(text, false);
    RuleArgument mapping = reader.mapping();
    reader.end_of_mapping();
    return mapping;
}

std::vector<RuleArgument> parse_mappings(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    std::vector<RuleArgument> mappings;
    MappingReader reader(text, true);
    while (reader.next_line()) {
        mappings.push_back(reader.mapping());
        reader.end_of_mapping();
    }
    return mappings;
}

}  // namespace pgfilter
