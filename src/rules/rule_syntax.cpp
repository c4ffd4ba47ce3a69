// SPDX-License-Identifier: PostgreSQL
// Rules as text: a line each, NAME and words.
#include <algorithm>

#include "pgfilter/error.hpp"
#include "pgfilter/rules.hpp"

namespace pgfilter {
namespace {

/// Keys that all rules take.
constexpr std::string_view reason = "because";
constexpr std::string_view of_target = "of-target";

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/// The mapping options of the command line, where a name may be written as an SQL identifier.
bool takes_names(const RuleInfo* info) {
    return info != nullptr && !info->keys.empty() && info->keys.front().name.empty();
}

class RuleReader {
public:
    /// `numbered`: whether messages name the line.
    RuleReader(std::string_view text, std::string origin, bool numbered, const RuleRegistry& registry)
        : rest_(text), origin_(std::move(origin)), numbered_(numbered), registry_(registry) {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
        if (rest_.find('\0') != std::string_view::npos) fail("rules cannot contain a zero byte");
    }

    std::vector<RuleSpec> read_all() {
        std::vector<RuleSpec> rules;
        for (std::string_view before = rest_; skip_to_rule(); before = rest_) {
            const std::string_view comment = before.substr(0, before.size() - rest_.size());
            rules.push_back(read_rule());
            rules.back().comment = whole_lines(comment, rules.size() == 1);
        }
        return rules;
    }

private:
    /// Without the end of the line that a rule stands on, and the blanks in front of the next rule.
    static std::string_view whole_lines(std::string_view comment, bool at_start) {
        if (!at_start) comment.remove_prefix(std::min(comment.find('\n') + 1, comment.size()));
        return comment.substr(0, comment.rfind('\n') + 1);
    }

    /// Skips blank lines and comments.  False at the end of the text.
    bool skip_to_rule() {
        for (;;) {
            skip_blanks();
            if (!rest_.starts_with('\n')) return !rest_.empty();
            take(1);
        }
    }

    RuleSpec read_rule() {
        RuleSpec rule;
        rule.origin = place();
        rule.name = part("");
        const RuleInfo* const info = registry_.find(rule.name);
        if (info == nullptr) fail(registry_.unknown(rule.name));
        rule.name = info->name;
        while (skip_blanks(), !rest_.empty() && rest_.front() != '\n') {
            if (at_key(reason)) {
                read_reason(rule);
            } else if (at_key(of_target)) {
                read_of_target(rule);
            } else {
                rule.arguments.push_back(argument(*info));
            }
        }
        return rule;
    }

    [[nodiscard]] bool at_key(std::string_view key) const {
        return rest_.starts_with(key) && rest_.substr(key.size()).starts_with('=');
    }

    void read_reason(RuleSpec& rule) {
        if (!rule.because.empty()) fail("\"because\" is given twice");
        take(reason.size() + 1);
        rule.because = name();
        if (rest_.starts_with('=')) fail_of_equals_sign();
    }

    void read_of_target(RuleSpec& rule) {
        take(of_target.size() + 1);
        if (name() != "yes") fail("\"of-target\" takes yes; a role of that name is written 'of-target'");
        if (rest_.starts_with('=')) fail_of_equals_sign();
        rule.of_target = true;
    }

    /// key=value, or a value alone.
    RuleArgument argument(const RuleInfo& info) {
        const bool names = takes_names(&info);
        std::string first = names ? name() : part("=");
        if (!rest_.starts_with('=')) {
            if (names) fail(info.name + " takes OLD=NEW: \"=\" is missing");
            return {"", std::move(first)};
        }
        take(1);
        std::string second = names ? name() : part("=");
        if (rest_.starts_with('=')) fail_of_equals_sign();
        return {std::move(first), std::move(second)};
    }

    /// Without the quotes around it.  What is in double quotes is an SQL identifier.
    std::string name() {
        const bool identifier = rest_.starts_with('"');
        std::string text = part("=");
        if (!identifier) return text;
        std::string decoded;
        for (std::size_t i = 1; i + 1 < text.size(); ++i) {
            if (text[i] == '"' && text[++i] != '"') fail("unexpected text after a double quote");
            decoded += text[i];
        }
        if (text.size() < 2 || text.back() != '"') fail("unexpected text after a double quote");
        return decoded;
    }

    /// Up to a blank, the end of the line or one of `ends`.  Single quotes are taken off, double quotes stay;
    /// what is between either is taken as it is, line breaks included.
    std::string part(std::string_view ends) {
        std::string text;
        const std::size_t before = rest_.size();
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (is_blank(c) || c == '\n' || ends.find(c) != std::string_view::npos) break;
            if (c == '\'' || c == '"') {
                text += quoted(c);
            } else {
                text += c;
                take(1);
            }
        }
        if (rest_.size() == before) fail("a text is missing; an empty one is written ''");
        return text;
    }

    std::string quoted(char quote) {
        const bool keep = quote == '"';
        std::string text(keep ? 1 : 0, quote);
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            const bool doubled = rest_[i] == quote && rest_.substr(i + 1).starts_with(quote);
            if (rest_[i] == quote && !doubled) {
                take(i + 1);
                if (keep) text += quote;
                return text;
            }
            text += rest_[i];
            if (doubled && keep) text += quote;
            if (doubled) ++i;
        }
        fail(std::string(keep ? "double" : "single") + " quote is not closed");
    }

    void skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) take(1);
        if (rest_.starts_with('#')) take(std::min(rest_.find('\n'), rest_.size()));
    }

    void take(std::size_t size) {
        const auto taken = rest_.substr(0, size);
        line_ += static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
        rest_.remove_prefix(size);
    }

    [[noreturn]] void fail_of_equals_sign() const {
        fail("more than one \"=\"; put a text that contains \"=\" in single quotes");
    }
    [[noreturn]] void fail(const std::string& why) const {
        throw Error(ErrorCode::usage, place() + ": " + why);
    }
    [[nodiscard]] std::string place() const {
        return numbered_ ? origin_ + ", line " + std::to_string(line_) : origin_;
    }

    std::string_view rest_;
    std::string origin_;
    bool numbered_;
    const RuleRegistry& registry_;
    std::size_t line_ = 1;
};

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80 ||
           std::string_view("_.*?+-/:@,()[]|$").find(c) != std::string_view::npos;
}

std::string in_quotes(const std::string& text) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'') result += c;
        result += c;
    }
    return result += '\'';
}

std::string written(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_plain) ? text : in_quotes(text);
}

/// In quotes, a key that all rules take is a name.
std::string written_key(const std::string& key) {
    return key == reason || key == of_target ? in_quotes(key) : written(key);
}

}  // namespace

std::vector<RuleSpec> parse_rules(std::string_view text, const std::string& origin,
                                  const RuleRegistry& registry) {
    return RuleReader(text, origin, true, registry).read_all();
}

RuleSpec parse_rule(std::string_view text, const std::string& origin, const RuleRegistry& registry) {
    std::vector<RuleSpec> rules = RuleReader(text, origin, false, registry).read_all();
    if (rules.size() != 1) throw Error(ErrorCode::usage, origin + ": one rule is wanted here");
    return std::move(rules.front());
}

std::string write_rule(const RuleSpec& rule, const RuleRegistry& registry, bool mark) {
    const RuleInfo* const info = registry.find(rule.name);
    std::string line = rule.name;
    for (const RuleArgument& argument : rule.arguments) {
        line += ' ';
        const bool has_key = !argument.key.empty() || takes_names(info);
        if (has_key) line += written_key(argument.key) + "=";
        line += written(argument.value);
    }
    if (!rule.because.empty()) line.append(" ").append(reason).append("=").append(in_quotes(rule.because));
    if (mark) line.append(" ").append(of_target).append("=yes");
    return line += '\n';
}

}  // namespace pgfilter
