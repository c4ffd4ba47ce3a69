// SPDX-License-Identifier: PostgreSQL
#include "rules/name_encoding.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <utility>

#include "archive/dialect.hpp"
#include "bytes/system_error.hpp"
#include "bytes/utf8.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

/// A conversion from one encoding to another, which is asked of the system when it is first needed.
class Conversion {
public:
    Conversion(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}
    ~Conversion() {
        if (is_open_) iconv_close(state_);
    }
    Conversion(const Conversion&) = delete;
    Conversion& operator=(const Conversion&) = delete;

    /// Nothing if there is no such text in one of both.
    std::optional<std::string> convert(std::string text) {
        if (!is_open_) open();
        // A text that could not be converted may have left something.
        step(nullptr, nullptr, nullptr, nullptr);
        std::string result;
        char* in = text.data();
        std::size_t in_left = text.size();
        // In the end without input: the last character may wait for another one to combine with.
        for (bool ended = false; !ended;) {
            std::array<char, 256> piece{};
            char* out = piece.data();
            std::size_t out_left = piece.size();
            const bool has_input = in_left > 0;
            const std::size_t altered = step(has_input ? &in : nullptr, &in_left, &out, &out_left);
            const bool is_full = altered == failed && errno == E2BIG;
            if (altered != 0 && !is_full) return std::nullopt;
            result.append(piece.data(), piece.size() - out_left);
            ended = !has_input && !is_full;
        }
        return result;
    }

private:
    static constexpr auto failed = static_cast<std::size_t>(-1);

    void open() {
        state_ = iconv_open(to_.c_str(), from_.c_str());
        is_open_ = state_ !=
                   reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): that is its interface
        if (is_open_) return;
        if (errno == ENOMEM) throw std::bad_alloc();
        if (errno != EINVAL) throw system_error("cannot convert names");
        throw Error(ErrorCode::usage, "this system cannot convert " + from_ + " to " + to_);
    }

    /// iconv(), which fails with an exception if that is not for the text.
    std::size_t step(char** in, std::size_t* in_left, char** out, std::size_t* out_left) {
        const std::size_t altered = iconv(state_, in, in_left, out, out_left);
        if (altered == failed && errno != E2BIG && errno != EILSEQ && errno != EINVAL)
            throw system_error("cannot convert names");
        return altered;
    }

    std::string from_;
    std::string to_;
    iconv_t state_ = nullptr;
    bool is_open_ = false;
};

class NameEncoder {
public:
    /// Encodings as iconv() calls them.  `name` is PostgreSQL's for the archive's.
    NameEncoder(const Encoding& archive, const std::string& others)
        : archive_(archive),
          from_utf8_("UTF-8", std::string(archive.iconv)),
          is_archives_(std::string(archive.iconv), "UTF-8") {
        if (!others.empty()) from_others_.emplace(others, std::string(archive.iconv));
    }

    /// What the archive may have although its encoding does not: names of roles are stored as the database
    /// that made them had them.
    std::string encode_known(const std::string& name) {
        return from_others_ || is_utf8(name) ? encode(name) : name;
    }

    std::string encode(const std::string& name) {
        if (is_stored_as(name)) return name;
        std::optional<std::string> encoded;
        if (is_utf8(name))
            encoded = from_utf8_.convert(name);
        else if (from_others_)
            encoded = from_others_->convert(name);
        else if (is_archives_.convert(name))
            encoded = name;
        if (encoded) return *encoded;
        throw Error(ErrorCode::usage, "'" + name + "' cannot be written in " + std::string(archive_.name) +
                                          ", which the archive is in");
    }

    /// Bytes of a character can look like wildcards and quotes of a pattern.
    std::string encode_pattern(const std::string& pattern) {
        if (is_stored_as(pattern)) return pattern;
        std::string result;
        bool quoted = false;
        bool in_brackets = false;
        for (std::size_t at = 0; at < pattern.size();) {
            const char c = pattern[at];
            if (is_ascii(c)) {
                quoted = quoted != (c == '"');
                if (!quoted && c == '[') in_brackets = pattern.substr(at, 2) != "[]";
                if (!quoted && c == ']') in_brackets = false;
                result += c;
                ++at;
                continue;
            }
            const auto begin = pattern.begin() + static_cast<std::ptrdiff_t>(at);
            const std::string run(begin, std::find_if(begin, pattern.end(), is_ascii));
            if (in_brackets)
                throw Error(ErrorCode::usage,
                            "pattern '" + pattern +
                                "' has letters other than ASCII's in brackets, which only works "
                                "in archives in UTF8");
            const std::string quote(quoted ? 0 : 1, '"');
            result += quote;
            result += encode_known(run);
            result += quote;
            at += run.size();
        }
        return result;
    }

private:
    /// Whether the archive has the text as it is, so that nothing has to be converted.
    [[nodiscard]] bool is_stored_as(const std::string& text) const {
        return archive_.name == "UTF8" && is_utf8(text);
    }

    const Encoding& archive_;
    Conversion from_utf8_;
    Conversion is_archives_;
    std::optional<Conversion> from_others_;
};

bool is_all_ascii(const RuleSpec& spec) {
    const auto is_plain = [](const std::string& text) {
        return std::all_of(text.begin(), text.end(), is_ascii);
    };
    return std::all_of(spec.arguments.begin(), spec.arguments.end(), [&](const RuleArgument& argument) {
        return is_plain(argument.key) && is_plain(argument.value);
    });
}

RuleKey::Takes taken_by(const RuleArgument& argument, const RuleInfo& info, bool maps_names) {
    if (info.keys.empty()) return RuleKey::Takes::name;
    const auto is_meant = [&](const RuleKey& key) { return key.name == argument.key; };
    const auto named = maps_names || argument.key.empty()
                           ? info.keys.begin()
                           : std::find_if(info.keys.begin(), info.keys.end(), is_meant);
    return named == info.keys.end() ? RuleKey::Takes::name : named->takes;
}

std::string encoded(const std::string& value, RuleKey::Takes takes, NameEncoder& encoder) {
    switch (takes) {
        case RuleKey::Takes::pattern:
            return encoder.encode_pattern(value);
        case RuleKey::Takes::new_name:
            return encoder.encode(value);
        case RuleKey::Takes::name:
            break;
    }
    return encoder.encode_known(value);
}

void encode_arguments(RuleSpec& spec, const RuleInfo& info, NameEncoder& encoder) try {
    const bool maps_names = !info.keys.empty() && info.keys.front().name.empty();
    for (RuleArgument& argument : spec.arguments) {
        argument.value = encoded(argument.value, taken_by(argument, info, maps_names), encoder);
        if (maps_names) argument.key = encoder.encode_known(argument.key);
    }
} catch (const Error& error) {
    if (spec.origin.empty()) throw;
    throw Error(error.code(), spec.origin + ": " + error.message());
}

}  // namespace

std::optional<std::vector<RuleSpec>> encode_names(const std::vector<RuleSpec>& rules,
                                                  const RuleRegistry& registry, const Toc& toc,
                                                  const std::string& others) {
    if (std::all_of(rules.begin(), rules.end(), is_all_ascii)) return std::nullopt;
    const Encoding* const archive = encoding_of(toc);
    // Of what is in no known encoding, bytes are compared.
    if (archive == nullptr || archive->name == "SQL_ASCII") return std::nullopt;
    if (archive->iconv.empty())
        throw Error(ErrorCode::usage, "names cannot be converted to " + std::string(archive->name) +
                                          ", which the archive is in: rules for it take ASCII alone");
    NameEncoder encoder(*archive, others);
    std::vector<RuleSpec> encoded = rules;
    for (RuleSpec& spec : encoded) {
        if (!is_all_ascii(spec)) encode_arguments(spec, *registry.find(spec.name), encoder);
    }
    return encoded;
}

}  // namespace pgfilter
