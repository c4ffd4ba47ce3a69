// SPDX-License-Identifier: PostgreSQL
#include "support/archive_builder.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace pgfilter::test {
namespace {

std::string little_endian(std::uint64_t value, std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
        bytes += static_cast<char>(value & 0xff);
        value >>= 8;
    }
    return bytes;
}

std::string encode_stream(const std::vector<std::string>& chunks, std::size_t int_size) {
    std::string bytes;
    for (const std::string& chunk : chunks)
        bytes += encode_int(static_cast<std::int64_t>(chunk.size()), int_size) + chunk;
    return bytes + encode_int(0, int_size);
}

std::string encode_block(const EntryValue& entry, std::size_t int_size) {
    std::string bytes = (entry.rows ? '\1' : '\3') + encode_int(entry.dump_id, int_size);
    if (entry.rows) return bytes + encode_stream(*entry.rows, int_size);
    for (const auto& [oid, chunks] : *entry.large_objects)  // as pg_dump casts it
        bytes += encode_int(static_cast<std::int32_t>(oid), int_size) + encode_stream(chunks, int_size);
    return bytes + encode_int(0, int_size);
}

std::string encode_entry(const EntryValue& entry, const ArchiveValue& archive, std::uint64_t position) {
    const std::size_t size = archive.int_size;
    const auto text = [&](const MaybeText& value) { return encode_text(value, size); };
    std::string bytes = encode_int(entry.dump_id, size) + encode_int(entry.has_data() ? 1 : 0, size);
    bytes += text("1259") + text(entry.oid) + text(entry.tag) + text(entry.desc);
    if (archive.minor >= 11) bytes += encode_int(entry.section, size);
    bytes += text(entry.defn) + text(entry.drop_stmt) + text(entry.copy_stmt);
    bytes += text(entry.namespace_) + text(entry.tablespace);
    if (archive.minor >= 14) bytes += text(entry.tableam);
    if (archive.minor >= 16) bytes += encode_int(entry.relkind, size);
    bytes += text(entry.owner) + text("false");
    for (const int id : entry.dependencies) bytes += text(std::to_string(id));
    bytes += text(std::nullopt);
    bytes += !entry.has_data() ? '\3' : position == 0 ? '\1' : '\2';
    return bytes + little_endian(position, archive.offset_size);
}

std::string encode_header(const ArchiveValue& archive) {
    const std::size_t size = archive.int_size;
    std::string bytes = "PGDMP";
    bytes += {1, static_cast<char>(archive.minor), 0, static_cast<char>(size)};
    bytes += {static_cast<char>(archive.offset_size), 1};
    bytes += archive.minor >= 15 ? std::string(1, static_cast<char>(archive.compression))
                                 : encode_int(archive.compression, size);
    for (const int part : {49, 0, 11, 22, 10, 126, 0}) bytes += encode_int(part, size);
    return bytes + encode_text(archive.database, size) + encode_text("17.1", size) +
           encode_text("17.1", size);
}

std::string encode_toc(const ArchiveValue& archive, const std::vector<std::uint64_t>& positions) {
    std::string bytes = encode_int(static_cast<std::int64_t>(archive.entries.size()), archive.int_size);
    for (std::size_t i = 0; i < archive.entries.size(); ++i)
        bytes += encode_entry(archive.entries[i], archive, positions[i]);
    return bytes;
}

}  // namespace

std::string encode_int(std::int64_t value, std::size_t int_size) {
    return (value < 0 ? '\1' : '\0') +
           little_endian(static_cast<std::uint64_t>(value < 0 ? -value : value), int_size);
}

std::string encode_text(const MaybeText& text, std::size_t int_size) {
    return text ? encode_int(static_cast<std::int64_t>(text->size()), int_size) + *text
                : encode_int(-1, int_size);
}

std::string BuiltArchive::bytes() const {
    std::string all = header + toc;
    for (const std::string& block : blocks) all += block;
    return all + trailer;
}

BuiltArchive build(const ArchiveValue& archive) {
    BuiltArchive built;
    built.header = encode_header(archive);
    const std::vector<std::uint64_t> unset(archive.entries.size(), 0);
    std::uint64_t position = built.header.size() + encode_toc(archive, unset).size();
    std::vector<std::uint64_t> positions = unset;
    for (std::size_t i = 0; i < archive.entries.size(); ++i) {
        if (!archive.entries[i].has_data()) continue;
        positions[i] = position;
        built.blocks.push_back(encode_block(archive.entries[i], archive.int_size));
        position += built.blocks.back().size();
    }
    built.toc = encode_toc(archive, archive.offsets_set ? positions : unset);
    if (archive.second_toc) built.trailer = encode_toc(archive, positions);
    return built;
}

std::vector<EntryValue> first_entries() {
    EntryValue encoding;
    encoding.dump_id = 9001;
    encoding.tag = encoding.desc = "ENCODING";
    encoding.defn = "SET client_encoding = 'UTF8';\n";
    for (MaybeText* text : {&encoding.drop_stmt, &encoding.namespace_, &encoding.owner}) text->reset();
    EntryValue strings = encoding;
    strings.dump_id = 9002;
    strings.tag = strings.desc = "STDSTRINGS";
    strings.defn = "SET standard_conforming_strings = 'on';\n";
    return {encoding, strings};
}

std::string read_test_archive(const std::string& name) {
    std::ifstream file(std::string(PGFILTER_TEST_ARCHIVES) + "/" + name, std::ios::binary);
    if (!file) throw std::runtime_error("no test archive " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> test_archives(const std::string& folder) {
    const std::filesystem::path root(PGFILTER_TEST_ARCHIVES);
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::recursive_directory_iterator(root / folder)) {
        if (file.path().extension() == ".dump")
            names.push_back(std::filesystem::relative(file.path(), root).string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace pgfilter::test
