// Texts of an archive that do harm in what is made of it: a script for psql, or a list.
//
// pg_restore puts some of them into its output as they are, and only replaces line breaks in others
// (sanitize_line and _printTocEntry in pg_backup_archiver.c; CVE-2012-0868, CVE-2025-8715).  Definitions and
// drop statements are SQL, whose owner may do what he can: they are not judged here.
#pragma once

#include <functional>
#include <string>

#include "pgfilter/header.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter {

/// A text that no archive of an ordinary database has.
struct SuspiciousText {
    enum class Danger : std::uint8_t {
        injects,   ///< pg_restore writes it into scripts or lists as it is, where it can be a command
        misleads,  ///< pg_restore replaces the line breaks, but other programs may not
        hides,     ///< pg_restore sees another text than whoever looks at the archive
    };
    const char* field;   ///< "desc", "pg_dump version": what it is called in other messages too
    const char* reason;  ///< "has a line break"
    Danger danger;

    /// "desc has a line break".
    [[nodiscard]] std::string describe() const { return std::string(field) + ' ' + reason; }
};

bool has_line_break(Bytes text);

/// The only definition that pg_dump gives to rows: a comment, on one line (dumpTableData() in pg_dump.c).
bool is_partition_root_comment(Bytes defn);

using FoundSuspiciousText = std::function<void(const SuspiciousText&)>;

/// The name of the database and the versions, which stand at the head of lists and scripts.
void find_suspicious_texts(const Header& header, const FoundSuspiciousText& found);

/// The entry as it is now: line breaks in its names, zero bytes in any text, a definition of TABLE DATA that
/// is more than pg_dump's comment, a copy statement that is more than COPY … FROM stdin, and a SEARCHPATH
/// that is not pg_dump's.  Each field at most once.
void find_suspicious_texts(const TocEntry& entry, const FoundSuspiciousText& found);

}  // namespace pgfilter
