// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "sql/conninfo.hpp"
#include "sql/secrets.hpp"

namespace pgfilter::sql {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '%';
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

/// Part of a text.
struct Extent {
    std::size_t begin;
    std::size_t end;
};

/// Where the value of a secret ends.
enum class Reading {
    likely,   ///< where the kind of string that it seems to be lets it end
    cautious  ///< nowhere before the end of the text
};

class ConnectionRedactor {
public:
    ConnectionRedactor(std::string_view text, const std::function<void(std::string_view)>& found,
                       Reading reading)
        : text_(text),
          found_(found),
          reading_(reading),
          is_libpq_uri_(is_libpq_uri(text)),
          is_uri_(text.find_first_of("= \t\n") > text.find("://")) {}

    std::string redact() {
        for (std::size_t at = 0; at < text_.size();) {
            if (text_.compare(at, 3, "://") == 0) {
                at = redact_user(at + 3);
            } else if (text_[at] == '=') {
                at = redact_parameter(at);
            } else {
                ++at;
            }
        }
        return splices_.apply(text_);
    }

private:
    /// user:password@ in front of a host.  Where to go on.
    std::size_t redact_user(std::size_t begin) {
        const auto ends = [](char c) { return c == '/' || is_space(c); };
        const auto from = text_.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto end = static_cast<std::size_t>(std::find_if(from, text_.end(), ends) - text_.begin());
        const std::string_view authority = text_.substr(begin, end - begin);
        const std::size_t at = authority.rfind('@');
        const std::size_t colon = authority.find(':');
        if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return begin;
        replace({begin + colon + 1, begin + at}, "password");
        // A name can be in what looks like user:password.
        return reading_ == Reading::cautious ? std::max(begin, replaced_) : begin + at;
    }

    /// name = value.  Where to go on.
    std::size_t redact_parameter(std::size_t equals) {
        std::size_t name_end = equals;
        while (name_end > replaced_ && is_space(text_[name_end - 1])) --name_end;
        std::size_t name_begin = name_end;
        while (name_begin > replaced_ && is_name_byte(text_[name_begin - 1])) --name_begin;
        const std::string name = percent_decoded(text_.substr(name_begin, name_end - name_begin));
        if (!is_secret_option(name)) return equals + 1;
        const Extent value = find_value(equals + 1, name_begin == 0 ? ' ' : text_[name_begin - 1]);
        replace(value, lower_case(name));
        return std::max(value.end, equals + 1);
    }

    /// Without quotes around it.  `before_name`: a blank at the beginning of the text as well.
    [[nodiscard]] Extent find_value(std::size_t begin, char before_name) const {
        const bool is_cautious = reading_ == Reading::cautious;
        // Only of libpq's own settings can blanks stand in front of the value.
        const bool skips_blanks = is_cautious || is_space(before_name);
        while (skips_blanks && begin < text_.size() && is_space(text_[begin])) ++begin;
        if (begin == text_.size() || is_cautious) return {begin, text_.size()};
        // It is not known where something ends that is no parameter of the URI.
        const bool is_parameter =
            is_libpq_uri_ || std::string_view("?&#").find(before_name) != std::string_view::npos;
        if (is_uri_)
            return {begin, find_end(
                               begin, [&](char c) { return c == '&' && is_parameter; }, false)};
        if (text_[begin] == '\'')
            return {begin + 1, find_end(
                                   begin + 1, [](char c) { return c == '\''; }, true)};
        if (const auto quoted = find_odbc_value(begin)) return *quoted;
        return {begin, find_end(begin, is_space, true)};
    }

    /// {value}; or "value"; as in name=value;name={value}; which libpq has no
    /// such quotes in.
    [[nodiscard]] std::optional<Extent> find_odbc_value(std::size_t begin) const {
        if (text_[begin] != '{' && text_[begin] != '"') return std::nullopt;
        const char close = text_[begin] == '{' ? '}' : '"';
        constexpr std::size_t longest = 1000;
        const std::size_t size = text_.substr(begin + 1, longest).find(std::string{close, ';'});
        if (size == std::string_view::npos) return std::nullopt;
        return Extent{begin + 1, begin + 1 + size};
    }

    template <class IsEnd>
    [[nodiscard]] std::size_t find_end(std::size_t at, IsEnd is_end, bool backslash) const {
        while (at < text_.size() && !is_end(text_[at])) at += text_[at] == '\\' && backslash ? 2U : 1U;
        return std::min(at, text_.size());
    }

    void replace(Extent value, std::string_view name) {
        const std::string_view old = text_.substr(value.begin, value.end - value.begin);
        if (old.empty() || old == redacted) return;
        splices_.replace(value.begin, value.end, redacted);
        replaced_ = value.end;
        found_(name);
    }

    std::string_view text_;
    const std::function<void(std::string_view)>& found_;
    Reading reading_;
    bool is_libpq_uri_;
    bool is_uri_;
    Splices splices_;
    std::size_t replaced_ = 0;  // up to where all secrets are
};

}  // namespace

bool is_secret_option(std::string_view name) {
    constexpr std::array<std::string_view, 13> parts{
        "password",   "passwd",      "passphrase", "passcode", "pwd",    "secret",    "token",
        "credential", "private_key", "privatekey", "api_key",  "apikey", "access_key"};
    constexpr std::array<std::string_view, 4> names{"pass", "accesskey", "scram_client_key",
                                                    "scram_server_key"};
    constexpr std::size_t longest = 1000;
    const std::string lower = lower_case(name.substr(0, longest));
    if (lower.ends_with("_required") || lower.ends_with("file")) return false;
    return std::find(names.begin(), names.end(), lower) != names.end() ||
           std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

namespace {

using Found = std::function<void(std::string_view)>;

/// What looks like a secret to any reader of the string.
std::string redact_what_looks_secret(std::string_view text, const Found& found) {
    // Without a blank that was in a secret, what follows can read as another one,
    // a few times in odd texts.
    constexpr int most = 4;
    std::string before(text);
    for (int i = 0; i < most; ++i) {
        std::string after = ConnectionRedactor(before, found, Reading::likely).redact();
        if (after == before) return after;
        before = std::move(after);
    }
    return std::string("password=").append(redacted);
}

/// Whether there may be one in the text.  found() gets the names.
bool mentions_secret(std::string_view text, const Found& found) {
    return ConnectionRedactor(text, found, Reading::cautious).redact() != text;
}

bool mentions_secret(std::string_view text) {
    return mentions_secret(text, [](std::string_view) {});
}

bool are_libpqs(const std::vector<ConnectionSetting>& settings) {
    return std::all_of(settings.begin(), settings.end(),
                       [](const ConnectionSetting& it) { return is_libpq_setting(it.name); });
}

std::string_view value_of(const ConnectionSetting& setting, std::string_view text) {
    return text.substr(setting.begin, setting.end - setting.begin);
}

/// With the values of secrets replaced, and of the others what redact_other() makes of them.
template <class RedactOther>
std::string redact_settings(std::string_view text, const std::vector<ConnectionSetting>& settings,
                            const Found& found, RedactOther redact_other) {
    Splices splices;
    for (const ConnectionSetting& setting : settings) {
        const std::string_view value = value_of(setting, text);
        if (!is_secret_option(setting.name) || value.empty() || value == redacted) {
            splices.replace(setting.begin, setting.end, redact_other(setting, value));
        } else {
            splices.replace(setting.begin, setting.end, redacted);
            found(lower_case(setting.name));
        }
    }
    return splices.apply(text);
}

std::string leave_as_it_is(const ConnectionSetting& /*setting*/, std::string_view value) {
    return std::string(value);
}

std::string redact_uri(std::string_view text, const Found& found) {
    return redact_what_looks_secret(redact_settings(text, read_libpq_uri(text), found, leave_as_it_is),
                                    found);
}

/// A value that is a connection string of libpq's itself, as dbname can be; nothing if it is none, or one
/// with others inside.
std::optional<std::string> redact_nested(std::string_view value, const Found& found) {
    if (is_libpq_uri(value)) return redact_uri(value, found);
    const auto settings = read_conninfo(value);
    const auto is_clear = [&](const ConnectionSetting& it) {
        return is_secret_option(it.name) || !mentions_secret(value_of(it, value));
    };
    if (!settings || !are_libpqs(*settings) || !std::all_of(settings->begin(), settings->end(), is_clear))
        return std::nullopt;
    return redact_settings(value, *settings, found, leave_as_it_is);
}

std::string without_escapes(std::string_view value) {
    std::string result;
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] == '\\' && ++at == value.size()) break;
        result += value[at];
    }
    return result;
}

/// Not a secret by its name, but perhaps with one inside, in a string of whatever kind: where it is none of
/// libpq's, it is not known where that ends, and all of it is replaced.
std::string redact_inside(std::string_view value, bool has_escapes, const Found& found) {
    const std::string meant = has_escapes ? without_escapes(value) : std::string();
    if (!mentions_secret(value) && !mentions_secret(meant)) return std::string(value);
    if (!has_escapes && value.find_first_of("'\\") == std::string_view::npos) {
        if (std::optional<std::string> nested = redact_nested(value, found)) return *std::move(nested);
    }
    if (!mentions_secret(value, found)) mentions_secret(meant, found);
    return std::string(redacted);
}

// First what libpq reads as secrets, exactly; then what others could.
std::string redact_once(std::string_view text, const Found& found) {
    if (is_libpq_uri(text)) return redact_uri(text, found);
    const auto settings = read_conninfo(text);
    if (!settings) return redact_what_looks_secret(text, found);
    if (!are_libpqs(*settings))
        return redact_what_looks_secret(redact_settings(text, *settings, found, leave_as_it_is), found);
    return redact_settings(text, *settings, found, [&](const ConnectionSetting& it, std::string_view value) {
        return is_secret_option(it.name) ? std::string(value) : redact_inside(value, it.has_escapes, found);
    });
}

}  // namespace

std::string redact_connection(std::string_view text, const std::function<void(std::string_view)>& found) {
    // What is left can read as another one, for libpq or for others, a few times in odd texts.
    constexpr int most = 4;
    std::string before(text);
    for (int i = 0; i < most; ++i) {
        std::string after = redact_once(before, found);
        if (after == before) return after;
        before = std::move(after);
    }
    return std::string("password=").append(redacted);
}

}  // namespace pgfilter::sql
