// Writes a text without some of its statements.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

namespace pgfilter::sql {

/// Told of the statements of a text one after the other, puts the pieces that are left of it.  Holds back
/// what SET SESSION AUTHORIZATION opens until there is something to keep in it.
class StatementWriter {
public:
    using Put = std::function<void(std::string_view)>;

    /// `put` may be empty, to see only what is left.
    StatementWriter(std::string_view text, const Put& put) : text_(text), put_(put) {}

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

    [[nodiscard]] bool changed() const noexcept { return changed_; }
    [[nodiscard]] std::size_t left() const noexcept { return left_; }

private:
    void copy_to(std::size_t end);
    void settle();
    void give_up_pair(std::size_t resume);

    std::string_view text_;
    const Put& put_;
    std::size_t copied_ = 0;  // up to where the text is written or left out
    std::size_t begin_ = 0;   // of the present statement
    std::size_t line_begin_ = 0;
    std::size_t line_end_ = 0;       // of the present statement, with the blanks that go with it
    std::size_t statement_end_ = 0;  // of the one before
    std::vector<std::string_view> held_;
    bool holding_ = false;  // a pair is open and nothing in it was kept
    bool opened_ = false;   // a pair is open and its beginning was kept
    bool removing_ = false;
    bool changed_inside_ = false;  // of the pair
    bool changed_ = false;
    std::size_t left_ = 0;
};

}  // namespace pgfilter::sql
