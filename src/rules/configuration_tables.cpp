// SPDX-License-Identifier: PostgreSQL
#include "rules/configuration_tables.hpp"

#include <algorithm>
#include <array>

#include "rules/extension_members.hpp"
#include "rules/word_list.hpp"

namespace pgfilter {
namespace {

struct Tables {
    Bytes extension;
    Bytes schema;  ///< that its script makes; empty: the extension's own; a "*" stands for any end
    Bytes names;   ///< with a blank around each; a "*" stands for any end, and so for sequences and keys
};

// From pg_extension_config_dump() in the extensions' scripts.
constexpr std::array<Tables, 29> known{{
    {"postgis", "", " spatial_ref_sys* "},
    {"postgis_topology", "topology", " * "},
    {"postgis_tiger_geocoder", "tiger", " * "},
    {"address_standardizer_data_us", "", " us_gaz* us_lex* us_rules* "},
    {"pg_cron", "cron", " * "},
    {"pg_partman", "", " part_config* custom_time_partitions* "},
    {"periods", "periods", " * "},
    {"timescaledb", "_timescaledb_*", " * "},
    {"pg_hint_plan", "hint_plan", " * "},
    {"pgq", "pgq", " * "},
    {"pgq_node", "pgq_node", " * "},
    {"pgq_coop", "pgq_coop", " * "},
    {"londiste", "londiste", " * "},
    {"emaj", "emaj", " * "},
    {"pglogical", "pglogical", " * "},
    {"pg_repack", "repack", " * "},
    {"pgagent", "pgagent", " * "},
    {"pg_graphql", "graphql", " * "},
    {"pg_net", "net", " * "},
    {"pgmq", "pgmq", " * "},
    {"pgsodium", "pgsodium", " * "},
    {"supabase_vault", "vault", " * "},
    {"pg_tle", "pgtle", " * "},
    {"age", "ag_catalog", " * "},
    {"citus", "citus*", " * "},
    {"columnar", "columnar*", " * "},
    {"pgautofailover", "pgautofailover", " * "},
    {"pgl_ddl_deploy", "pgl_ddl_deploy", " * "},
    {"anon", "anon", " * "},
}};

// Beside those whose members are known.
constexpr Bytes without_tables =
    " adminpack address_standardizer amcheck autoinc bloom bool_plperl* dblink dict_xsyn file_fdw hll "
    "hstore_plperl* hstore_plpython* http hypopg insert_username intagg ip4r jsonb_plperl* jsonb_plpython* "
    "ltree_plpython* moddatetime old_snapshot pageinspect pg_buffercache pg_freespacemap pg_jsonschema "
    "pg_logicalinspect pg_overexplain pg_prewarm pg_similarity pg_stat_kcache pg_stat_statements pg_surgery "
    "pg_visibility pg_wait_sampling pg_walinspect pgaudit pgjwt pgrouting pgrowlocks pgstattuple plcoffee "
    "plls plperl plperlu plpgsql plpgsql_check plpython* pltcl pltclu plv8 postgis_raster postgis_sfcgal "
    "postgres_fdw refint rum semver sslinfo tcn tsm_system_rows tsm_system_time wrappers ";

const Tables* find_tables(Bytes extension) {
    const auto* const found = std::find_if(
        known.begin(), known.end(), [&](const Tables& tables) { return tables.extension == extension; });
    return found == known.end() ? nullptr : found;
}

}  // namespace

OwnTables tables_of(Bytes extension) {
    if (find_tables(extension) != nullptr) return OwnTables::listed;
    const bool none = is_confined(extension) || fits_any_word(without_tables, extension);
    return none ? OwnTables::none : OwnTables::unknown;
}

bool is_configuration_table(Bytes extension, Bytes home, Bytes schema, Bytes name) {
    const Tables* const tables = find_tables(extension);
    if (tables == nullptr || !fits_any_word(tables->names, name)) return false;
    return tables->schema.empty() ? schema == home : fits_word(tables->schema, schema);
}

bool is_schema_of_script(Bytes extension, Bytes schema) {
    const Tables* const tables = find_tables(extension);
    return tables != nullptr && !tables->schema.empty() && fits_word(tables->schema, schema);
}

}  // namespace pgfilter
