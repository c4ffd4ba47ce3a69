// SPDX-License-Identifier: PostgreSQL
// Which tables well-known extensions keep data of users in: these have rows in an archive, and no definition.
#pragma once

#include "pgfilter/bytes.hpp"

namespace pgfilter {

/// What is known of an extension's tables.
enum class OwnTables : unsigned char {
    unknown,
    none,    ///< it has none
    listed,  ///< is_configuration_table() knows them
};

OwnTables tables_of(Bytes extension);

/// Whether a table or sequence of that name is the extension's.  `home`: the schema that it was created in.
bool is_configuration_table(Bytes extension, Bytes home, Bytes schema, Bytes name);

/// Whether all that is in the schema is the extension's, but for what has an entry of its own.
bool is_schema_of_script(Bytes extension, Bytes schema);

}  // namespace pgfilter
