// SPDX-License-Identifier: PostgreSQL
#include "rules/operator_classes.hpp"

namespace pgfilter {

bool may_use_btree_gist(Bytes defn) {
    if (defn.find(" WITHOUT OVERLAPS)") != Bytes::npos) return true;
    constexpr Bytes with = " WITH ";
    for (std::size_t at = defn.find(with, defn.find(" EXCLUDE USING gist (")); at != Bytes::npos;
         at = defn.find(with, at)) {
        at += with.size();
        const Bytes name = defn.substr(at, 3);
        if (name.starts_with("=,") || name.starts_with("=)") || name == "<>," || name == "<>)") return true;
    }
    return false;
}

Bytes extension_of_operator_class(Bytes name) {
    if (name == "gist_trgm_ops") return "pg_trgm";
    if (name == "gist__intbig_ops") return "intarray";
    if (name == "gist_geometry_ops_nd") return "postgis";
    return {};
}

}  // namespace pgfilter
