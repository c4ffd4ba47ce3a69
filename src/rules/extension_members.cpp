// SPDX-License-Identifier: PostgreSQL
#include "rules/extension_members.hpp"

#include <algorithm>
#include <array>

#include "rules/word_list.hpp"

namespace pgfilter {
namespace {

struct Extension {
    Bytes name;
    Bytes types;       ///< all of them, with a blank around each
    Bytes functions;   ///< those that expressions call; a "*" stands for any end
    bool is_complete;  ///< whether it has no other functions
};

// From the extensions' scripts: contrib of PostgreSQL 17, PostGIS 3.3, pgvector 0.7, HypoPG 1.3.
constexpr std::array<Extension, 23> extensions{{
    {"uuid-ossp", "",
     " uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil "
     "uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500 ",
     true},
    {"pgcrypto", "",
     " gen_random_uuid gen_random_bytes gen_salt crypt digest hmac encrypt encrypt_iv decrypt "
     "decrypt_iv armor dearmor pgp_* ",
     true},
    {"unaccent", "", " unaccent unaccent_init unaccent_lexize ", true},
    {"fuzzystrmatch", "",
     " levenshtein levenshtein_less_equal metaphone soundex text_soundex difference dmetaphone "
     "dmetaphone_alt daitch_mokotoff ",
     true},
    {"citext", " citext ",
     " citext* regexp_match regexp_matches regexp_replace regexp_split_to_array "
     "regexp_split_to_table replace split_part strpos translate texticlike texticnlike texticregexeq "
     "texticregexne ",
     false},
    {"hstore", " hstore ghstore ",
     " hstore* akeys avals skeys svals exist exists_all exists_any defined delete "
     "each fetchval isdefined isexists slice slice_array tconvert populate_record ",
     false},
    {"ltree", " ltree lquery ltxtquery ltree_gist ", " ltree* text2ltree subltree subpath nlevel index lca ",
     false},
    {"cube", " cube ", " cube* ", false},
    {"seg", " seg ", " seg* ", false},
    {"isn", " ean13 isbn isbn13 issn issn13 ismn ismn13 upc ",
     " is_valid make_valid isn_weak ean13* isbn* issn* "
     "ismn* upc* ",
     false},
    {"intarray", " query_int ", " idx icount sort sort_asc sort_desc uniq subarray intset ", false},
    {"pg_trgm", " gtrgm ",
     " similarity word_similarity strict_word_similarity show_trgm show_limit set_limit ", false},
    {"btree_gist", " gbtreekey4 gbtreekey8 gbtreekey16 gbtreekey32 gbtreekey_var gbtreekey2 ",
     " gbt_* cash_dist "
     "date_dist float4_dist float8_dist int2_dist int4_dist int8_dist interval_dist oid_dist time_dist "
     "ts_dist "
     "tstz_dist ",
     false},
    {"btree_gin", "", " gin_* ", false},
    {"lo", " lo ", " lo_manage lo_oid ", true},
    {"earthdistance", " earth ",
     " earth earth_* gc_to_sec sec_to_gc ll_to_earth latitude longitude geo_distance ", false},
    {"tablefunc", " tablefunc_crosstab_2 tablefunc_crosstab_3 tablefunc_crosstab_4 ",
     " normal_rand crosstab* "
     "connectby ",
     true},
    {"xml2", "", " xml_valid xml_encode_special_chars xpath_* xslt_process ", true},
    {"dict_int", "", " dintdict_* ", true},
    {"hypopg", "", " hypopg* ", true},
    {"vector", " vector halfvec sparsevec ",
     " vector* halfvec* sparsevec* l2_distance l1_distance cosine_distance "
     "inner_product l2_normalize ",
     false},
    {"postgis", " geometry geography box2d box2df box3d gidx spheroid geometry_dump valid_detail ",
     " st_* _st_* "
     "postgis_* geometry* geography* box2d* box3d* addgeometrycolumn find_srid ",
     false},
    {"postgis_raster",
     " raster addbandarg agg_samealignment geomval rastbandarg reclassarg summarystats "
     "unionarg ",
     " st_* _st_* raster* ", false},
}};

constexpr Bytes builtin_types =
    " abstime aclitem anyarray bigint bit boolean box bpchar bytea char character cid cidr circle date "
    "daterange "
    "datemultirange double inet int2vector int4multirange int4range int8multirange int8range integer "
    "interval json "
    "jsonb jsonpath line lseg macaddr macaddr8 money name numeric nummultirange numrange oid oidvector path "
    "pg_lsn "
    "pg_node_tree pg_snapshot point polygon real record refcursor regclass regcollation regconfig "
    "regdictionary "
    "regnamespace regoper regoperator regproc regprocedure regrole regtype reltime smallint text tid time "
    "timestamp "
    "tinterval tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot unknown uuid "
    "varbit "
    "varchar void xid xid8 xml ";

constexpr Bytes common_calls =
    " abs age all and any array array_length array_position array_to_string between btrim cardinality case "
    "cast ceil "
    "char_length character_length clock_timestamp coalesce concat currval current_setting date_part "
    "date_trunc else "
    "exists extract floor format greatest ilike in is json* least left length like lower lpad ltrim md5 "
    "nextval not "
    "now nullif num_nonnulls num_nulls octet_length or overlay pg_get_userbyid position random "
    "regexp_matches "
    "regexp_replace replace right round row rtrim setweight similar split_part statement_timestamp "
    "string_to_array "
    "substr substring then timeofday timezone to_char to_date to_number to_timestamp to_tsvector to_json* "
    "transaction_timestamp trim trunc upper values when xmlparse ";

bool lists(Bytes words, Bytes name) {
    return !name.empty() && name.find_first_of(" *") == Bytes::npos && fits_any_word(words, name);
}

const Extension* find_extension(Bytes name) {
    const auto* const found =
        std::find_if(extensions.begin(), extensions.end(),
                     [&](const Extension& extension) { return extension.name == name; });
    return found == extensions.end() ? nullptr : found;
}

}  // namespace

Makes makes_type(Bytes extension, Bytes name) {
    const Extension* const known = find_extension(extension);
    if (known == nullptr) return Makes::unknown;
    return lists(known->types, name) ? Makes::yes : Makes::no;
}

Makes makes_member(Bytes extension, Bytes name) {
    const Extension* const known = find_extension(extension);
    if (known == nullptr) return Makes::unknown;
    if (lists(known->types, name) || lists(known->functions, name)) return Makes::yes;
    return known->is_complete ? Makes::no : Makes::unknown;
}

bool is_confined(Bytes extension) {
    return find_extension(extension) != nullptr;
}

bool is_common_call(Bytes name) {
    return lists(common_calls, name);
}

bool is_builtin_type(Bytes name) {
    return lists(builtin_types, name);
}

}  // namespace pgfilter
