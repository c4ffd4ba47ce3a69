// SPDX-License-Identifier: PostgreSQL
#include "cli/visible_text.hpp"

#include <algorithm>

#include "bytes/harmless.hpp"
#include "pgfilter/bytes.hpp"

namespace pgfilter::cli {

void write_visible(Text text, ByteSink& output) {
    if (!text) return output.write("NULL");
    constexpr std::size_t run = 4096;
    std::string piece = "'";
    for (std::size_t at = 0; at < text->size();) {
        const Bytes rest = text->substr(at);
        const Character character = first_character(rest);
        if (rest.front() == '\n') {
            piece += "\\n";
        } else if (character.steers) {
            append_escaped(piece, rest.substr(0, character.size));
        } else {
            piece.append(rest.substr(0, character.size));
        }
        at += character.size;
        if (piece.size() < run) continue;
        output.write(piece);
        piece.clear();
    }
    output.write(piece += '\'');
}

std::string visible(Text text) {
    MemorySink sink;
    write_visible(text, sink);
    return sink.bytes();
}

std::pair<Bytes, Bytes> differing_lines(Bytes a, Bytes b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t front = 0;
    while (front < shorter && a[front] == b[front]) ++front;
    while (front > 0 && a[front - 1] != '\n') --front;
    a.remove_prefix(front);
    b.remove_prefix(front);
    std::size_t back = 0;
    while (back < std::min(a.size(), b.size()) && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
    while (back > 0 && a[a.size() - back] != '\n') --back;
    return {a.substr(0, a.size() - back), b.substr(0, b.size() - back)};
}

}  // namespace pgfilter::cli
