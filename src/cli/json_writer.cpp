#include "cli/json_writer.hpp"

#include <algorithm>
#include <utility>

#include "bytes/utf8.hpp"

namespace pgfilter::cli {
namespace {

constexpr std::size_t piece_size = 16 * 1024;

/// A piece at the front, not cut inside a UTF-8 character.
Bytes front_piece(Bytes text) {
    std::size_t size = std::min(text.size(), piece_size);
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    while (size < text.size() && size > piece_size - 4 && continues(text[size])) --size;
    return text.substr(0, size);
}

/// As JSON, without the quotes around it.  REQUIRES: it is UTF-8.
std::string escaped(Bytes piece) {
    const std::string quoted = Json(piece).dump();
    return quoted.substr(1, quoted.size() - 2);
}

std::string hexadecimal(Bytes text) {
    constexpr const char* digits = "0123456789abcdef";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        result += {digits[byte >> 4], digits[byte & 15]};
    }
    return result;
}

}  // namespace

void write_text(Text text, ByteSink& output) {
    if (!text) return output.write("null");
    const bool readable = is_utf8(*text);
    output.write(readable ? "\"" : R"({"hex":")");
    while (!text->empty()) {
        const Bytes piece = front_piece(*text);
        output.write(readable ? escaped(piece) : hexadecimal(piece));
        text->remove_prefix(piece.size());
    }
    output.write(readable ? "\"" : "\"}");
}

Json text_json(Text text) {
    if (!text) return nullptr;
    if (is_utf8(*text)) return std::string(*text);
    return Json{{"hex", hexadecimal(*text)}};
}

std::string member(const char* before, const char* name) {
    return std::string(before).append("\"").append(name).append("\": ");
}

void JsonObject::text(const char* name, Text value) {
    key(name);
    write_text(value, output_);
}

void JsonObject::value(const char* name, const Json& value) {
    key(name);
    output_.write(value.dump());
}

void JsonObject::numbers(const char* name, const std::vector<DumpId>& numbers) {
    key(name);
    output_.write("[");
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0) output_.write(",");
        output_.write(std::to_string(numbers[i]));
    }
    output_.write("]");
}

void JsonObject::key(const char* name) {
    output_.write(std::string(std::exchange(first_, false) ? "{\"" : ",\"").append(name).append("\":"));
}

}  // namespace pgfilter::cli
