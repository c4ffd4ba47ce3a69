// Kinds of entries: what an entry's desc says, as a number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// Every desc that pg_dump is known to write (ArchiveEntry() in pg_dump.c of versions 8.0 to 20's
/// development), and `other`.
enum class EntryKind : std::uint8_t {
    other,
    access_method,
    acl,
    acl_language,
    aggregate,
    blob,
    blob_comments,
    blob_metadata,
    blobs,
    cast,
    check_constraint,
    collation,
    comment,
    constraint,
    conversion,
    database,
    database_properties,
    default_acl,
    default_value,
    domain,
    encoding,
    event_trigger,
    extended_statistics_data,
    extension,
    fk_constraint,
    foreign_data_wrapper,
    foreign_table,
    function,
    index,
    index_attach,
    materialized_view,
    materialized_view_data,
    operator_,
    operator_class,
    operator_family,
    policy,
    procedural_language,
    procedure,
    property_graph,
    publication,
    publication_table,
    publication_tables_in_schema,
    row_security,
    rule,
    schema,
    search_path,
    security_label,
    sequence,
    sequence_owned_by,
    sequence_set,
    server,
    shell_type,
    standard_strings,
    statistics,
    statistics_data,
    subscription,
    subscription_table,
    table,
    table_attach,
    table_data,
    text_search_configuration,
    text_search_dictionary,
    text_search_parser,
    text_search_template,
    transform,
    trigger,
    type,
    user_mapping,
    view,
};

inline constexpr std::size_t entry_kinds = static_cast<std::size_t>(EntryKind::view) + 1;

/// The kind of entries with that desc.
EntryKind kind_of(Bytes desc) noexcept;
/// The desc of entries of that kind; empty for `other`.
Bytes desc_of(EntryKind kind) noexcept;

/// A set of kinds.
class EntryKinds {
public:
    constexpr EntryKinds() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a kind is a set of one
    constexpr EntryKinds(EntryKind kind) { words_[word_of(kind)] = bit_of(kind); }

    [[nodiscard]] constexpr bool has(EntryKind kind) const {
        return (words_[word_of(kind)] & bit_of(kind)) != 0;
    }
    friend constexpr EntryKinds operator|(EntryKinds a, EntryKinds b) {
        for (std::size_t i = 0; i < a.words_.size(); ++i) a.words_[i] |= b.words_[i];
        return a;
    }
    friend constexpr EntryKinds operator-(EntryKinds a, EntryKinds b) {
        for (std::size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= ~b.words_[i];
        return a;
    }
    static constexpr EntryKinds all() {
        EntryKinds every;
        for (std::uint64_t& word : every.words_) word = ~std::uint64_t{0};
        return every;
    }

private:
    static constexpr std::size_t bits = 64;
    static constexpr std::size_t word_of(EntryKind kind) { return static_cast<std::size_t>(kind) / bits; }
    static constexpr std::uint64_t bit_of(EntryKind kind) {
        return std::uint64_t{1} << (static_cast<std::size_t>(kind) % bits);
    }

    std::array<std::uint64_t, (entry_kinds + bits - 1) / bits> words_{};
};

constexpr EntryKinds operator|(EntryKind a, EntryKind b) {
    return EntryKinds(a) | EntryKinds(b);
}

}  // namespace pgfilter
