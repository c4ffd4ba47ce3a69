// Text of an archive in messages.
#pragma once

#include <string>

namespace pgfilter {

/// With "?" for control characters: an archive must not be able to steer the terminal that a message is shown
/// on.
inline std::string harmless(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return text;
}

}  // namespace pgfilter
