// SPDX-License-Identifier: PostgreSQL
// Splices of a text: kept in order, applied at once.
#include "pgfilter/splices.hpp"

#include <cstdint>

#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t run_size = 64 * 1024;
constexpr unsigned digit_bits = 7;  // of a number, the lowest first; the highest bit says that more follow
constexpr unsigned char more_follow = 1U << digit_bits;

void append_number(std::string& to, std::size_t number) {
    for (; number >= more_follow; number >>= digit_bits)
        to += static_cast<char>((number % more_follow) | more_follow);
    to += static_cast<char>(number);
}

std::size_t take_number(std::string_view& from) {
    std::size_t number = 0;
    for (unsigned shift = 0;; shift += digit_bits) {
        const auto digit = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        number |= static_cast<std::size_t>(digit % more_follow) << shift;
        if (digit < more_follow) return number;
    }
}

}  // namespace

void Splices::replace(std::size_t begin, std::size_t end, std::string_view replacement) {
    if (begin < end_) throw ContractError("replace(): a splice begins before the end of the one before it");
    if (end < begin) throw ContractError("replace(): a splice ends before it begins");
    if (runs_.empty() || runs_.back().size() >= run_size) runs_.emplace_back();
    std::string& run = runs_.back();
    append_number(run, begin - end_);
    append_number(run, end - begin);
    append_number(run, replacement.size());
    run += replacement;
    end_ = end;
}

void Splices::apply(std::string_view text, const std::function<void(std::string_view)>& put) const {
    if (end_ > text.size()) throw ContractError("apply(): a splice ends beyond the end of the text");
    for (std::string_view rest : runs_) {
        while (!rest.empty()) {
            const std::size_t kept = take_number(rest);
            const std::size_t replaced = take_number(rest);
            const std::size_t size = take_number(rest);
            const std::string_view replacement = rest.substr(0, size);
            put(text.substr(0, kept));
            put(replacement);
            rest.remove_prefix(size);
            text.remove_prefix(kept + replaced);
        }
    }
    put(text);
}

std::string Splices::apply(std::string_view text) const {
    std::string result;
    apply(text, [&](std::string_view piece) { result += piece; });
    return result;
}

}  // namespace pgfilter
