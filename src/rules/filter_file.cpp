// SPDX-License-Identifier: PostgreSQL
// The files of pg_dump's and pg_restore's --filter, as filter.c of PostgreSQL 17 reads them.
#include <algorithm>
#include <array>
#include <optional>

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool equals_keyword(Bytes word, Bytes lower_case) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return std::equal(word.begin(), word.end(), lower_case.begin(), lower_case.end(), same);
}

void skip_space(Bytes& rest) {
    while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
}

Bytes take_word(Bytes& rest) {
    skip_space(rest);
    const Bytes all = rest;
    while (!rest.empty() && !is_space(rest.front())) rest.remove_prefix(1);
    return all.substr(0, all.size() - rest.size());
}

/// What can stand after include and exclude.
struct ObjectType {
    Bytes keyword;
    const char* name;     ///< in messages
    const char* include;  ///< the rule; null if that makes no sense
    const char* exclude;
    const char* why_not_include = nullptr;  ///< if pg_dump can and an archive cannot
};

constexpr std::array<ObjectType, 11> object_types{{
    {"table_data", "table data", nullptr, "exclude-table-data"},
    {"table_data_and_children", "table data and children", nullptr, "exclude-table-data-and-children"},
    {"database", "database", nullptr, nullptr},
    {"extension", "extension", "extension", "exclude-extension"},
    {"foreign_data", "foreign data", nullptr, nullptr,
     "the data of foreign tables is in an archive only if pg_dump has included it, and is kept then"},
    {"function", "function", "function", nullptr},
    {"index", "index", "index", nullptr},
    {"schema", "schema", "schema", "exclude-schema"},
    {"table", "table", "table", "exclude-table"},
    {"table_and_children", "table and children", "table-and-children", "exclude-table-and-children"},
    {"trigger", "trigger", "trigger", nullptr},
}};

class FilterFile {
public:
    FilterFile(Bytes text, const std::string& file) : rest_(text), file_(file) {}

    std::vector<RuleSpec> read() {
        std::vector<RuleSpec> rules;
        while (next_line()) {
            skip_space(line_);
            if (!line_.empty() && line_.front() != '#') rules.push_back(read_rule());
        }
        return rules;
    }

private:
    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(ErrorCode::usage, "invalid format in filter read from " +
                                          (file_.empty() ? "standard input" : "file \"" + file_ + "\"") +
                                          " on line " + std::to_string(number_) + ": " + reason);
    }

    /// As PostgreSQL sees it: a zero byte ends the line, but not what is read of the file.
    bool next_line() {
        if (rest_.empty()) return false;
        const std::size_t size = std::min(rest_.find('\n'), rest_.size() - 1) + 1;
        line_ = rest_.substr(0, size);
        line_ = line_.substr(0, line_.find('\0'));
        rest_.remove_prefix(size);
        ++number_;
        return true;
    }

    RuleSpec read_rule() {
        const std::size_t first_line = number_;
        const Bytes command = take_word(line_);
        const bool include = equals_keyword(command, "include");
        if (!include && !equals_keyword(command, "exclude"))
            fail("invalid filter command (expected \"include\" or \"exclude\")");
        const Bytes keyword = take_word(line_);
        if (keyword.empty()) fail("missing filter object type");
        const auto is_type = [&](const ObjectType& type) { return equals_keyword(keyword, type.keyword); };
        const auto type = std::find_if(object_types.begin(), object_types.end(), is_type);
        if (type == object_types.end())
            fail("unsupported filter object type: \"" + std::string(keyword) + "\"");
        std::string pattern = read_pattern();
        const char* const rule = include ? type->include : type->exclude;
        if (rule == nullptr) refuse(*type, include);
        // pg_dump takes it for a pattern that every name matches.
        if (pattern.empty()) fail("missing object name pattern");
        const std::string origin =
            (file_.empty() ? "standard input" : file_) + ", line " + std::to_string(first_line);
        return {rule, {{"", std::move(pattern)}}, origin};
    }

    [[noreturn]] void refuse(const ObjectType& type, bool include) const {
        const std::string filter =
            std::string(include ? "include" : "exclude") + " filter for \"" + type.name + "\"";
        if (include && type.why_not_include != nullptr)
            fail(filter + " is not possible on an archive: " + type.why_not_include);
        fail(filter + " is not allowed");
    }

    /// A name, perhaps with a schema, or a routine's signature, with blanks where pg_dump writes them.
    std::string read_pattern() {
        skip_space(line_);
        if (line_.empty()) fail("missing object name pattern");
        std::string pattern;
        bool at_start = true;  // of the pattern, or after a punctuation mark
        bool after_space = false;
        while (!line_.empty() && line_.front() != '#') {
            take_plain_text(pattern, at_start, after_space);
            at_start = false;
            if (line_.starts_with('"')) {
                if (after_space) pattern += ' ';
                read_quoted(pattern);
            } else if (line_.starts_with(',')) {
                pattern += ", ";
                at_start = true;
                line_.remove_prefix(1);
            } else if (!line_.empty() && Bytes(".()").find(line_.front()) != Bytes::npos) {
                pattern += line_.front();
                at_start = true;
                line_.remove_prefix(1);
            }
            after_space = !line_.empty() && is_space(line_.front());
            skip_space(line_);
        }
        return pattern;
    }

    void take_plain_text(std::string& pattern, bool at_start, bool after_space) {
        const auto is_end = [](char c) { return is_space(c) || Bytes("#,.()\"").find(c) != Bytes::npos; };
        const auto end = std::find_if(line_.begin(), line_.end(), is_end);
        const auto size = static_cast<std::size_t>(end - line_.begin());
        if (size > 0 && !at_start && after_space) pattern += ' ';
        pattern += line_.substr(0, size);
        line_.remove_prefix(size);
    }

    /// Up to the closing quote, perhaps lines later.
    void read_quoted(std::string& pattern) {
        pattern += '"';
        line_.remove_prefix(1);
        for (;;) {
            while (!line_.empty() && (line_.front() == '\r' || line_.front() == '\n')) line_.remove_prefix(1);
            if (line_.empty()) {
                if (!next_line()) fail("unexpected end of file");
                pattern += '\n';
                continue;
            }
            const char c = line_.front();
            line_.remove_prefix(1);
            if (c == '\\') {
                take_escaped(pattern);
            } else {
                pattern += c;
            }
            if (c != '"') continue;
            if (!line_.starts_with('"')) return;
            pattern += '"';
            line_.remove_prefix(1);
        }
    }

    void take_escaped(std::string& pattern) {
        if (line_.starts_with('n')) pattern += '\n';
        if (line_.starts_with('\\')) pattern += '\\';
        if (!line_.empty()) line_.remove_prefix(1);
    }

    Bytes rest_;
    const std::string& file_;
    Bytes line_;
    std::size_t number_ = 0;
};

}  // namespace

std::vector<RuleSpec> parse_filter_file(std::string_view text, const std::string& file) {
    return FilterFile(text, file).read();
}

}  // namespace pgfilter
