// SPDX-License-Identifier: PostgreSQL
// JSON that is written while it is made, for texts and lists may be of any size.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "pgfilter/bytes.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter::cli {

/// A value that is neither object nor list.  REQUIRES: a text outlives it.
class JsonValue {
public:
    /// A string if it is UTF-8, else {"hex": "…"}; null for NULL.
    JsonValue(Text text) : text_(text) {}
    JsonValue(Bytes text) : text_(text) {}
    JsonValue(const std::string& text) : text_(text) {}
    JsonValue(const char* text) : text_(text) {}
    JsonValue(const std::optional<std::string>& text) : text_(text) {}
    template <std::integral Number>  // or bool
    JsonValue(Number number) : literal_(std::to_string(number)) {
        if constexpr (std::same_as<Number, bool>) literal_ = number ? "true" : "false";
    }
    template <std::integral Number>
    JsonValue(const std::optional<Number>& number) {
        if (number) literal_ = std::to_string(*number);
    }

    void write(ByteSink& output) const;

private:
    std::string literal_;  // unless it is a text
    Text text_;
};

/// NULL for the empty text, where that stands for none.
inline Text or_null(Bytes text) {
    return text.empty() ? Text() : Text(text);
}

/// One document, which begins with the version of its schema.  Members may be added to a document; the
/// version grows when one changes its meaning.
///
///     JsonWriter json(output);
///     json.begin_list("entries");
///     for (…) json.object({{"dump_id", entry.dump_id()}, {"name", entry.tag()}});
///     json.end();
///     json.end();
///
/// Each member of the document begins a line, and so does each element of a list that is one.
class JsonWriter {
public:
    static constexpr int schema_version = 1;
    struct Member {
        const char* name = nullptr;
        JsonValue value;
    };
    using Members = std::initializer_list<Member>;

    explicit JsonWriter(ByteSink& output);

    // In a list.
    void value(const JsonValue& value);
    void object(Members members);
    void begin_object() { begin('{', '}'); }

    // In an object.
    void members(Members members);
    void object(const char* name, Members members);
    void begin_object(const char* name);
    void begin_list(const char* name);
    template <class Value>
    void list(const char* name, const std::vector<Value>& values) {
        begin_list(name);
        for (const Value& each : values) value(each);
        end();
    }

    /// Ends the latest object or list that has not ended; at last the document.
    void end();

private:
    struct Level {
        char close;
        bool is_empty = true;
    };

    void key(const char* name);
    void begin(char open, char close);
    void separate();
    [[nodiscard]] bool has_lines() const;

    ByteSink& output_;
    std::vector<Level> levels_;
};

}  // namespace pgfilter::cli
