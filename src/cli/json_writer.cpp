// SPDX-License-Identifier: PostgreSQL
#include "cli/json_writer.hpp"

#include <utility>

#include "bytes/utf8.hpp"

namespace pgfilter::cli {
namespace {

constexpr const char* digits = "0123456789abcdef";

std::string hexadecimal(Bytes text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        result.append({digits[byte >> 4], digits[byte & 15]});
    }
    return result;
}

/// Without the quotes around it.  The bytes of a longer character need nothing, so that a piece of a text may
/// end inside one.
std::string escaped(Bytes text) {
    std::string result;
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result.append({'\\', c});
        } else if (c == '\n') {
            result += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            result.append("\\u00").append(hexadecimal({&c, 1}));
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace

void JsonValue::write(ByteSink& output) const {
    constexpr std::size_t piece_size = 16 * 1024;
    if (!text_) return output.write(literal_.empty() ? "null" : literal_);
    const bool is_readable = is_utf8(*text_);
    output.write(is_readable ? "\"" : R"({"hex": ")");
    for (std::size_t at = 0; at < text_->size(); at += piece_size) {
        const Bytes piece = text_->substr(at, piece_size);
        output.write(is_readable ? escaped(piece) : hexadecimal(piece));
    }
    output.write(is_readable ? "\"" : "\"}");
}

JsonWriter::JsonWriter(ByteSink& output) : output_(output) {
    levels_.push_back({'}'});
    output_.write("{");
    members({{"schema_version", schema_version}});
}

void JsonWriter::value(const JsonValue& value) {
    separate();
    value.write(output_);
}

void JsonWriter::members(Members members) {
    for (const Member& member : members) {
        key(member.name);
        member.value.write(output_);
    }
}

void JsonWriter::object(Members members) {
    begin_object();
    this->members(members);
    end();
}

void JsonWriter::object(const char* name, Members members) {
    begin_object(name);
    this->members(members);
    end();
}

void JsonWriter::begin_object(const char* name) {
    key(name);
    begin('{', '}');
}

void JsonWriter::begin_list(const char* name) {
    key(name);
    begin('[', ']');
}

void JsonWriter::end() {
    const bool is_document = levels_.size() == 1;
    const bool on_line = !is_document && has_lines() && !levels_.back().is_empty;
    const char close = levels_.back().close;
    levels_.pop_back();
    if (on_line) output_.write("\n");
    output_.write(Bytes(&close, 1));
    if (is_document) output_.write("\n");
}

void JsonWriter::key(const char* name) {
    separate();
    output_.write(std::string("\"").append(name).append("\": "));
}

void JsonWriter::begin(char open, char close) {
    if (levels_.back().close == ']') separate();
    output_.write({&open, 1});
    levels_.push_back({close});
}

/// Whether what is in the latest object or list begins a line each.
bool JsonWriter::has_lines() const {
    return levels_.size() == 1 || (levels_.size() == 2 && levels_.back().close == ']');
}

void JsonWriter::separate() {
    const bool is_first = std::exchange(levels_.back().is_empty, false);
    const bool on_line = has_lines() && (levels_.size() > 1 || !is_first);
    output_.write(is_first ? "" : ",");
    output_.write(on_line ? "\n" : is_first ? "" : " ");
}

}  // namespace pgfilter::cli
