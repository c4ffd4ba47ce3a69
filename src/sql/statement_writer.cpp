// SPDX-License-Identifier: PostgreSQL
#include "sql/statement_writer.hpp"

namespace pgfilter::sql {
namespace {

bool is_blank_in_line(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

}  // namespace

// A statement alone on its lines goes with them, any other with the blanks on one side.
void StatementWriter::begin_statement(std::size_t begin, std::size_t end) {
    begin_ = line_begin_ = begin;
    while (line_begin_ > statement_end_ && is_blank_in_line(text_[line_begin_ - 1])) --line_begin_;
    const bool starts_line = line_begin_ == 0 || text_[line_begin_ - 1] == '\n';
    line_end_ = end;
    while (line_end_ < text_.size() && is_blank_in_line(text_[line_end_])) ++line_end_;
    const bool ends_line = line_end_ == text_.size() || text_[line_end_] == '\n';
    if (starts_line && ends_line) {
        if (line_end_ < text_.size()) ++line_end_;
    } else if (starts_line) {
        line_begin_ = begin;
    } else {
        line_end_ = end;
    }
    statement_end_ = end;
}

void StatementWriter::keep() {
    settle();
    ++left_;
}

void StatementWriter::remove() {
    cut(line_begin_, line_end_);
}

void StatementWriter::cut(std::size_t begin, std::size_t end) {
    splice(begin, end, {});
    changed_inside_ = true;
}

void StatementWriter::replace(std::string_view statements) {
    keep();
    splice(begin_, statement_end_, statements);
    changed_inside_ = true;
}

void StatementWriter::open(bool removed) {
    if (removed) {
        removing_ = true;
        return remove();
    }
    removing_ = false;
    if (holding_ && changed_inside_) {
        give_up_pair(line_begin_);
    } else {
        settle();
    }
    decided_ = held_begin_ = std::max(decided_, line_begin_);
    holding_ = true;
    changed_inside_ = false;
}

void StatementWriter::close() {
    if (holding_ && changed_inside_) {
        give_up_pair(opened_ ? line_begin_ : line_end_);
    } else if (removing_ && !opened_ && !holding_) {
        remove();
    } else {
        settle();
    }
    removing_ = opened_ = false;
}

void StatementWriter::end_of_text() {
    if (holding_ && changed_inside_) {
        give_up_pair(text_.size());
    } else {
        settle();
    }
}

// What is held back turns out to be needed.
void StatementWriter::settle() {
    if (!holding_) return;
    holding_ = false;
    opened_ = true;
    for (const Clause& part : held_) splices_.cut(part.begin, part.end);
    held_.clear();
}

void StatementWriter::give_up_pair(std::size_t resume) {
    holding_ = false;
    held_.clear();
    splices_.cut(held_begin_, resume);
    decided_ = resume;
}

// The blanks beside a statement can belong to two of them.
void StatementWriter::splice(std::size_t begin, std::size_t end, std::string_view replacement) {
    begin = std::max(begin, decided_);
    decided_ = end;
    if (!holding_) return splices_.replace(begin, end, replacement);
    if (!held_.empty() && held_.back().end == begin) {
        held_.back().end = end;
    } else {
        held_.push_back({begin, end});
    }
}

}  // namespace pgfilter::sql
