// SPDX-License-Identifier: PostgreSQL
// Takes statements out of a text.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "pgfilter/splices.hpp"
#include "sql/clauses.hpp"

namespace pgfilter::sql {

/// Told of the statements of a text one after the other, collects what goes.  Decides about what SET SESSION
/// AUTHORIZATION opens only when there is something to keep in it.
class StatementWriter {
public:
    explicit StatementWriter(std::string_view text) : text_(text) {}

    /// The next statement is this part of the text, from its first token to its last.
    void begin_statement(std::size_t begin, std::size_t end);

    void keep();
    void remove();
    /// Takes a part out of the present statement, which must be kept; parts come in order.
    void cut(std::size_t begin, std::size_t end);

    /// Puts something else in the place of the present statement, which counts as kept.
    void replace(std::string_view statements);

    /// SET SESSION AUTHORIZATION; `removed`: with all up to the end of the pair.
    void open(bool removed);
    /// RESET SESSION AUTHORIZATION.
    void close();
    /// Whether the present statement goes because of what it stands in.
    [[nodiscard]] bool removing() const noexcept { return removing_; }

    void end_of_text();

    /// All that goes.  To be called once, at the end of the text.
    [[nodiscard]] Splices take_splices() { return std::move(splices_); }
    [[nodiscard]] std::size_t left() const noexcept { return left_; }

private:
    void splice(std::size_t begin, std::size_t end, std::string_view replacement);
    void settle();
    void give_up_pair(std::size_t resume);

    std::string_view text_;
    Splices splices_;
    std::size_t decided_ = 0;  // up to where the text stays or goes
    std::size_t begin_ = 0;    // of the present statement
    std::size_t line_begin_ = 0;
    std::size_t line_end_ = 0;       // of the present statement, with the blanks that go with it
    std::size_t statement_end_ = 0;  // of the one before
    std::vector<Clause> held_;       // what goes of a pair, if it stays
    std::size_t held_begin_ = 0;     // of the pair
    bool holding_ = false;           // a pair is open and nothing in it was kept
    bool opened_ = false;            // a pair is open and its beginning was kept
    bool removing_ = false;
    bool changed_inside_ = false;  // of the pair
    std::size_t left_ = 0;
};

}  // namespace pgfilter::sql
