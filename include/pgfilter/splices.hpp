// SPDX-License-Identifier: PostgreSQL
// Edits of texts, as data.
//
//     Splices splices;
//     splices.replace(6, 9, "new");
//     splices.apply("owner app;")                       // "owner new;"
//     context.edit_text(entry, Field::defn, splices);   // the same in an archive, see RuleContext
//
// What is not replaced keeps every byte.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pgfilter/export.hpp"

namespace pgfilter {

/// Which parts of a text are replaced by what: a list of {begin, end, replacement}, in the order of the text.
///
/// A value: it copies the replacements, and borrows no text.  Threads: several may read one.
class PGFILTER_API Splices {
public:
    /// Replaces text[begin] to text[end - 1]; copies `replacement`.
    /// Throws ContractError if end < begin, or begin is before the end of the splice added last.
    void replace(std::size_t begin, std::size_t end, std::string_view replacement);
    void cut(std::size_t begin, std::size_t end) { replace(begin, end, {}); }
    void insert(std::size_t at, std::string_view text) { replace(at, at, text); }

    [[nodiscard]] bool empty() const noexcept { return runs_.empty(); }

    /// Calls put() for the pieces of the text with all parts replaced, in their order.
    /// Throws ContractError, before the first call, if a splice is beyond the end of the text.
    void apply(std::string_view text, const std::function<void(std::string_view)>& put) const;
    /// The same as a whole.
    [[nodiscard]] std::string apply(std::string_view text) const;

private:
    // A hostile text can have a splice every few bytes: each is written as three numbers of as few bytes as
    // they need and its replacement, in runs that never move.
    std::vector<std::string> runs_;
    std::size_t end_ = 0;  // of the splice added last
};

}  // namespace pgfilter
