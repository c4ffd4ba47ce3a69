// SPDX-License-Identifier: PostgreSQL
// Texts of an archive that are commands in what is made of it, or hide some.  There is this one judgement:
// its kinds of findings are `dangerous`, check_archive() reports them, and the rule reject-suspicious refuses
// them.
//
// pg_restore puts some texts into what it sends, writes or lists as they are, and only replaces line breaks
// in others (sanitize_line() and _printTocEntry() in pg_backup_archiver.c; CVE-2012-0868, CVE-2025-8715).
// Definitions and drop statements of objects are SQL, whose owner may do what he can: of them it only matters
// that psql, which reads a script, and a server see the same statements.
#pragma once

#include <functional>
#include <string>

#include "archive/entry_fields.hpp"
#include "pgfilter/finding.hpp"
#include "pgfilter/header.hpp"
#include "sql/lexer.hpp"

namespace pgfilter {

struct SuspiciousText {
    FindingKind kind;
    const char* field;   ///< "desc", "pg_dump version": what it is called in other messages too
    const char* reason;  ///< "has a line break"

    /// "desc has a line break".
    [[nodiscard]] std::string describe() const { return std::string(field) + ' ' + reason; }
};

using FoundSuspiciousText = std::function<void(const SuspiciousText&)>;

/// The name of the database and the versions, which stand at the head of lists and scripts.
void judge_texts(const Header& header, const FoundSuspiciousText& found);

/// Judges the entries of an archive as they are now.
class TextJudge {
public:
    explicit TextJudge(const Toc& toc);

    void judge_texts(const TocEntry& entry, const FoundSuspiciousText& found) const;

private:
    void judge_text(const TocEntry& entry, const FieldFormat& format, Bytes text,
                    const FoundSuspiciousText& found) const;
    void judge_list_of_privileges(const TocEntry& entry, const FoundSuspiciousText& found) const;

    const Toc& toc_;
    Layout layout_;
    sql::Dialect dialect_;
};

}  // namespace pgfilter
