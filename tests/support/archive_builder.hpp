// SPDX-License-Identifier: PostgreSQL
// Writes archives from plain values, independently of the library: for tests that need one of a certain
// shape.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgfilter::test {

using MaybeText = std::optional<std::string>;

struct EntryValue {
    int dump_id = 1;
    int section = 2;
    std::string oid = "16384";
    std::string tag = "t";
    std::string desc = "TABLE";
    MaybeText defn = "CREATE TABLE t ();\n";
    MaybeText drop_stmt = "DROP TABLE t;\n";
    MaybeText copy_stmt;
    MaybeText namespace_ = "public";
    MaybeText tablespace;
    MaybeText tableam;
    int relkind = 0;
    MaybeText owner = "app";
    std::vector<int> dependencies;
    /// The chunks of its data block: one stream for rows, or one stream per large object.
    std::optional<std::vector<std::string>> rows;
    std::optional<std::vector<std::pair<std::uint32_t, std::vector<std::string>>>> large_objects;

    [[nodiscard]] bool has_data() const { return rows || large_objects; }
};

struct ArchiveValue {
    int minor = 16;
    std::size_t int_size = 4;
    std::size_t offset_size = 8;
    int compression = 0;  ///< algorithm from 1.15 on, level before
    MaybeText database = "db";
    bool offsets_set = false;
    bool second_toc = false;
    std::vector<EntryValue> entries;
};

/// An archive in pieces, so that a test can damage one of them.
struct BuiltArchive {
    std::string header;  ///< up to the number of entries
    std::string toc;     ///< number of entries and entries
    std::vector<std::string> blocks;
    std::string trailer;

    [[nodiscard]] std::string bytes() const;
    [[nodiscard]] std::size_t prologue_size() const { return header.size() + toc.size(); }
};

BuiltArchive build(const ArchiveValue& archive);

std::string encode_int(std::int64_t value, std::size_t int_size = 4);
std::string encode_text(const MaybeText& text, std::size_t int_size = 4);

/// ENCODING and STDSTRINGS, which every archive begins with.
std::vector<EntryValue> first_entries();

/// The whole content of a file under the test archives.
std::string read_test_archive(const std::string& name);
/// The names of all custom-format archives there, sorted; only those below `folder` if one is given.
std::vector<std::string> test_archives(const std::string& folder = "");

}  // namespace pgfilter::test
