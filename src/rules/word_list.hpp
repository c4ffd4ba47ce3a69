// SPDX-License-Identifier: PostgreSQL
// Names that are listed in one text, which keeps tables of what extensions make readable.
#pragma once

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// Whether the name is the word, or begins with it where the word ends in "*".
inline bool fits_word(Bytes word, Bytes name) {
    if (!word.ends_with('*')) return name == word;
    return name.starts_with(word.substr(0, word.size() - 1));
}

/// Whether a name fits one of the words.  REQUIRES: there is a blank before each and after the last.
inline bool fits_any_word(Bytes words, Bytes name) {
    for (std::size_t begin = 1; begin < words.size();) {
        const std::size_t end = words.find(' ', begin);
        if (fits_word(words.substr(begin, end - begin), name)) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace pgfilter
