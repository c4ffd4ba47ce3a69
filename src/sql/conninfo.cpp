// SPDX-License-Identifier: PostgreSQL
#include "sql/conninfo.hpp"

#include <algorithm>
#include <array>

namespace pgfilter::sql {
namespace {

bool is_blank_of_conninfo(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

class ConninfoReader {
public:
    explicit ConninfoReader(std::string_view text) : text_(text) {}

    std::optional<std::vector<ConnectionSetting>> read() {
        std::vector<ConnectionSetting> settings;
        for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
            const std::size_t begin = at_;
            while (at_ < text_.size() && text_[at_] != '=' && !is_blank_of_conninfo(text_[at_])) ++at_;
            std::string name(text_.substr(begin, at_ - begin));
            skip_blanks();
            if (at_ == text_.size() || text_[at_] != '=') return std::nullopt;
            ++at_;
            skip_blanks();
            settings.push_back({std::move(name), 0, 0, false});
            if (!take_value(settings.back())) return std::nullopt;
        }
        return settings;
    }

private:
    void skip_blanks() {
        while (at_ < text_.size() && is_blank_of_conninfo(text_[at_])) ++at_;
    }

    /// What follows a closing quote directly is the next name.
    bool take_value(ConnectionSetting& setting) {
        const bool is_quoted = at_ < text_.size() && text_[at_] == '\'';
        if (is_quoted) ++at_;
        setting.begin = at_;
        while (at_ < text_.size() && !(is_quoted ? text_[at_] == '\'' : is_blank_of_conninfo(text_[at_]))) {
            const bool escapes = text_[at_] == '\\';
            setting.has_escapes = setting.has_escapes || escapes;
            at_ += escapes ? 2U : 1U;
        }
        at_ = std::min(at_, text_.size());
        setting.end = at_;
        if (!is_quoted) return true;
        return at_++ < text_.size();
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::size_t end_of_prefix(std::string_view text) {
    for (const std::string_view prefix : {"postgresql://", "postgres://"}) {
        if (text.starts_with(prefix)) return prefix.size();
    }
    return 0;
}

bool is_address_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view(":.%-_").find(c) != std::string_view::npos;
}

/// Whether a host that begins with "[" has more in it than an address: for libpq everything up to the "]" is
/// the host.
bool has_odd_host(std::string_view text, std::size_t host) {
    while (host < text.size()) {
        if (text[host] == '[') {
            ++host;
            while (host < text.size() && is_address_byte(text[host])) ++host;
            if (host == text.size() || text[host] != ']') return true;
        }
        host = text.find_first_of(",/?", host);
        if (host == std::string_view::npos || text[host] != ',') return false;
        ++host;
    }
    return false;
}

}  // namespace

std::optional<std::vector<ConnectionSetting>> read_conninfo(std::string_view text) {
    return ConninfoReader(text).read();
}

bool is_libpq_uri(std::string_view text) {
    return end_of_prefix(text) > 0;
}

// For libpq, what stands before the host ends at the first "@" if there is no "/" before it, whatever is in
// it.  With a "/" before it or another "@" after it, somebody has perhaps not encoded a password: it ends at
// the last one in front of the parameters.
std::vector<ConnectionSetting> read_libpq_uri(std::string_view text) {
    constexpr auto none = std::string_view::npos;
    std::vector<ConnectionSetting> settings;
    const std::size_t begin = end_of_prefix(text);
    const std::size_t separator = std::min(text.find_first_of("@/", begin), text.size());
    const bool has_user = separator < text.size() && text[separator] == '@';
    const std::size_t question = std::min(text.find('?', begin), text.size());
    // A user with parameters in it, or parameters with an "@", or a host with anything: it is ambiguous.
    const bool is_odd = has_odd_host(text, has_user ? separator + 1 : begin);
    if (is_odd || (has_user && question < separator && text.find('=', question) < separator))
        return {{"password", begin, text.size(), false}};
    std::size_t at = has_user ? std::min(text.find('?', separator), text.size()) : question;
    for (std::size_t next = text.find('@', at);
         next != none && text.substr(at, next - at).find_first_of("=/") == none; next = text.find('@', at))
        at = std::min(text.find('?', next), text.size());
    const std::size_t colon = text.find(':', begin);
    const std::size_t last = text.substr(0, at).rfind('@');
    if (last != none && colon < last) settings.push_back({"password", colon + 1, last, false});
    while (at < text.size()) {
        const std::size_t name = at + 1;
        const std::size_t end = std::min(text.find('&', name), text.size());
        const std::size_t equals = text.find('=', name);
        if (equals < end)
            settings.push_back({percent_decoded(text.substr(name, equals - name)), equals + 1, end, false});
        at = end;
    }
    return settings;
}

bool is_libpq_setting(std::string_view name) {
    constexpr std::array<std::string_view, 54> names{"service",
                                                     "servicefile",
                                                     "user",
                                                     "password",
                                                     "passfile",
                                                     "channel_binding",
                                                     "connect_timeout",
                                                     "dbname",
                                                     "host",
                                                     "hostaddr",
                                                     "port",
                                                     "client_encoding",
                                                     "options",
                                                     "application_name",
                                                     "fallback_application_name",
                                                     "keepalives",
                                                     "keepalives_idle",
                                                     "keepalives_interval",
                                                     "keepalives_count",
                                                     "tcp_user_timeout",
                                                     "sslmode",
                                                     "sslnegotiation",
                                                     "sslcompression",
                                                     "sslcert",
                                                     "sslkey",
                                                     "sslcertmode",
                                                     "sslpassword",
                                                     "sslrootcert",
                                                     "sslcrl",
                                                     "sslcrldir",
                                                     "sslsni",
                                                     "requirepeer",
                                                     "require_auth",
                                                     "min_protocol_version",
                                                     "max_protocol_version",
                                                     "ssl_min_protocol_version",
                                                     "ssl_max_protocol_version",
                                                     "gssencmode",
                                                     "krbsrvname",
                                                     "gsslib",
                                                     "gssdelegation",
                                                     "replication",
                                                     "target_session_attrs",
                                                     "load_balance_hosts",
                                                     "scram_client_key",
                                                     "scram_server_key",
                                                     "oauth_issuer",
                                                     "oauth_client_id",
                                                     "oauth_client_secret",
                                                     "oauth_scope",
                                                     "sslkeylogfile",
                                                     "authtype",
                                                     "tty",
                                                     "requiressl"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        decoded += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
        if (low >= 0) i += 2;
    }
    return decoded;
}

}  // namespace pgfilter::sql
