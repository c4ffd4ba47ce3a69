/* SPDX-License-Identifier: PostgreSQL */
/* Rules that pgfilter brings along, once more as plug-ins, which need what joined the host's table after its
 * first functions: one for each value of STRIP_RULE. */
#include <stdlib.h>
#include <string.h>

#include "pgfilter/plugin.h"
#include "strip.h"

typedef struct visitor {
    const pgfilter_host* host;
    pgfilter_call* call;
} visitor;

static int text_of(visitor by, size_t entry, int field, pgfilter_text* text) {
    return by.host->text(by.call, entry, field, text);
}

static pgfilter_text part(pgfilter_text text, size_t begin, size_t end) {
    text.bytes += begin;
    text.size = end - begin;
    return text;
}

static int starts(visitor by, pgfilter_text sql, const char* const* words) {
    pgfilter_name name = {0};
    return are_next(by.host, by.call, sql, &name, words);
}

/* Splices that grow. */
typedef struct changes {
    pgfilter_splice* all;
    size_t count;
} changes;

static int add(changes* to, size_t begin, size_t end, const char* replacement) {
    pgfilter_splice* const more = realloc(to->all, (to->count + 1) * sizeof(*more));
    if (more == NULL) return PGFILTER_ERROR;
    to->all = more;
    more[to->count].begin = begin;
    more[to->count].end = end;
    more[to->count].replacement.bytes = replacement;
    more[to->count++].replacement.size = strlen(replacement);
    return PGFILTER_OK;
}

static int apply(visitor by, size_t entry, int status, changes* what) {
    if (status == PGFILTER_OK && what->count > 0)
        status = by.host->splice(by.call, entry, PGFILTER_DEFN, what->all, what->count);
    free(what->all);
    return status == PGFILTER_ERROR ? status : PGFILTER_OK;
}

/* ------------------------------------------------------------------------------ privileges */

typedef enum statement_kind { OTHER, GRANT, SET_SESSION, RESET_SESSION } statement_kind;

static int grants_by_default(visitor by, pgfilter_text sql) {
    static const char* const start[] = {"alter", "default", "privileges", NULL};
    pgfilter_name name = {0};
    if (!are_next(by.host, by.call, sql, &name, start)) return 0;
    while (by.host->next_name(by.call, sql, name.end, &name) == PGFILTER_OK) {
        if (name.is_quoted) continue;
        if (is(name.last, "revoke")) return 0;
        if (is(name.last, "grant")) return 1;
    }
    return 0;
}

static statement_kind kind_of(visitor by, pgfilter_text sql) {
    static const char* const grant[] = {"grant", NULL};
    static const char* const set[] = {"set", "session", "authorization", NULL};
    static const char* const set_default[] = {"set", "session", "authorization", "default", NULL};
    static const char* const reset[] = {"reset", "session", "authorization", NULL};
    if (starts(by, sql, grant) || grants_by_default(by, sql)) return GRANT;
    if (starts(by, sql, reset) || starts(by, sql, set_default)) return RESET_SESSION;
    return starts(by, sql, set) ? SET_SESSION : OTHER;
}

/* A statement alone on its lines, with these. */
static void widen(pgfilter_text text, size_t* begin, size_t* end) {
    size_t first = *begin, last = *end;
    while (first > 0 && (text.bytes[first - 1] == ' ' || text.bytes[first - 1] == '\t')) --first;
    while (last < text.size && (text.bytes[last] == ' ' || text.bytes[last] == '\t')) ++last;
    if ((first > 0 && text.bytes[first - 1] != '\n') || (last < text.size && text.bytes[last] != '\n'))
        return;
    *begin = first;
    *end = last + (last < text.size);
}

typedef struct privileges {
    changes cut;
    size_t left;       /* statements other than those about the session */
    int is_open;       /* within SET and RESET SESSION AUTHORIZATION, */
    size_t opened;     /* which begins here, */
    size_t first_cut;  /* with changes from this one on, */
    size_t kept_in_it; /* and that many statements that stay */
} privileges;

/* The pair goes if all in it does. */
static int close_pair(privileges* of, size_t end) {
    const size_t cuts = of->cut.count - of->first_cut;
    if (!of->is_open || of->kept_in_it > 0 || cuts == 0) return PGFILTER_OK;
    of->cut.count = of->first_cut;
    return add(&of->cut, of->opened, end, "");
}

static int take_statement(privileges* of, statement_kind kind, size_t begin, size_t end) {
    int status = PGFILTER_OK;
    switch (kind) {
        case GRANT:
            return add(&of->cut, begin, end, "");
        case SET_SESSION:
            status = close_pair(of, begin);
            of->is_open = 1;
            of->opened = begin;
            of->first_cut = of->cut.count;
            of->kept_in_it = 0;
            return status;
        case RESET_SESSION:
            status = close_pair(of, end);
            of->is_open = 0;
            return status;
        default:
            ++of->left;
            ++of->kept_in_it;
            return status;
    }
}

static int remove_statements(visitor by, size_t entry, int only_grantors) {
    privileges of = {0};
    pgfilter_text defn;
    size_t begin, end = 0;
    int status;
    if (!is_kind(by.host, by.call, entry, "ACL") && !is_kind(by.host, by.call, entry, "ACL LANGUAGE") &&
        !is_kind(by.host, by.call, entry, "DEFAULT ACL"))
        return PGFILTER_OK;
    status = text_of(by, entry, PGFILTER_DEFN, &defn);
    if (status != PGFILTER_OK || defn.bytes == NULL) return status;
    while (status == PGFILTER_OK) {
        size_t from, to;
        statement_kind kind;
        status = by.host->next_statement(by.call, defn, end, &begin, &end);
        if (status != PGFILTER_OK) break;
        kind = kind_of(by, part(defn, begin, end));
        from = begin;
        to = end;
        widen(defn, &from, &to);
        if (!only_grantors)
            status = take_statement(&of, kind, from, to);
        else if (kind == SET_SESSION || kind == RESET_SESSION)
            status = add(&of.cut, from, to, "");
        else
            ++of.left;
    }
    if (status == PGFILTER_NONE) status = only_grantors ? PGFILTER_OK : close_pair(&of, defn.size);
    if (status == PGFILTER_OK && of.cut.count > 0 && of.left == 0) {
        free(of.cut.all);
        return by.host->drop(by.call, entry, PGFILTER_ALONE);
    }
    return apply(by, entry, status, &of.cut);
}

static int no_grants(visitor by, size_t entry) {
    return remove_statements(by, entry, 0);
}

static int no_grantors(visitor by, size_t entry) {
    return remove_statements(by, entry, 1);
}

/* ------------------------------------------------------------------------------ unlogged tables */

static int log_in_alter(visitor by, pgfilter_text sql, size_t offset, changes* to) {
    static const char* const unlogged[] = {"unlogged", NULL};
    static const char* const name_of_sequence[] = {"name", NULL};
    pgfilter_name name = {0}, word;
    int status = PGFILTER_OK;
    while (status == PGFILTER_OK && by.host->next_name(by.call, sql, name.end, &name) == PGFILTER_OK) {
        if (name.is_quoted || name.identifiers != 1) continue;
        word = name;
        if (is(name.last, "set") && are_next(by.host, by.call, sql, &word, unlogged)) {
            status = add(to, offset + word.begin, offset + word.end, "LOGGED");
        } else if (is(name.last, "sequence") && are_next(by.host, by.call, sql, &word, name_of_sequence) &&
                   by.host->next_name(by.call, sql, word.end, &word) == PGFILTER_OK) {
            const size_t begin = word.end;
            if (are_next(by.host, by.call, sql, &word, unlogged))
                status = add(to, offset + begin, offset + word.end, "");
        }
    }
    return status;
}

static int unlogged_to_logged(visitor by, size_t entry) {
    static const char* const alter[] = {"alter", NULL};
    static const char* const create[] = {"create", NULL};
    static const char* const unlogged[] = {"unlogged", NULL};
    changes log = {0};
    pgfilter_text defn;
    size_t begin, end = 0;
    int status;
    if (!is_kind(by.host, by.call, entry, "TABLE") && !is_kind(by.host, by.call, entry, "SEQUENCE"))
        return PGFILTER_OK;
    status = text_of(by, entry, PGFILTER_DEFN, &defn);
    if (status != PGFILTER_OK || defn.bytes == NULL) return status;
    while (status == PGFILTER_OK &&
           by.host->next_statement(by.call, defn, end, &begin, &end) == PGFILTER_OK) {
        const pgfilter_text statement = part(defn, begin, end);
        pgfilter_name name = {0};
        if (are_next(by.host, by.call, statement, &name, create)) {
            const size_t cut = begin + name.end;
            if (are_next(by.host, by.call, statement, &name, unlogged))
                status = add(&log, cut, begin + name.end, "");
        } else if (starts(by, statement, alter)) {
            status = log_in_alter(by, statement, begin, &log);
        }
    }
    return apply(by, entry, status, &log);
}

/* ------------------------------------------------------------------------------ privileges on what others
 * own */

static int is_system_schema(pgfilter_text name) {
    return is(name, "pg_catalog") || is(name, "information_schema");
}

/* Schemas that scripts of extensions make, and that hold nothing else; a "*" stands for any end. */
static const struct {
    const char* extension;
    const char* schema;
} schemas_of_scripts[] = {
    {"postgis_topology", "topology"},
    {"postgis_tiger_geocoder", "tiger"},
    {"pg_cron", "cron"},
    {"periods", "periods"},
    {"timescaledb", "_timescaledb_*"},
    {"pg_hint_plan", "hint_plan"},
    {"pgq", "pgq"},
    {"pgq_node", "pgq_node"},
    {"pgq_coop", "pgq_coop"},
    {"londiste", "londiste"},
    {"emaj", "emaj"},
    {"pglogical", "pglogical"},
    {"pg_repack", "repack"},
    {"pgagent", "pgagent"},
    {"pg_graphql", "graphql"},
    {"pg_net", "net"},
    {"pgmq", "pgmq"},
    {"pgsodium", "pgsodium"},
    {"supabase_vault", "vault"},
    {"pg_tle", "pgtle"},
    {"age", "ag_catalog"},
    {"citus", "citus*"},
    {"columnar", "columnar*"},
    {"pgautofailover", "pgautofailover"},
    {"pgl_ddl_deploy", "pgl_ddl_deploy"},
    {"anon", "anon"},
};

static int fits(pgfilter_text name, const char* pattern) {
    const size_t size = strlen(pattern);
    if (size == 0 || pattern[size - 1] != '*') return is(name, pattern);
    return name.size >= size - 1 && memcmp(name.bytes, pattern, size - 1) == 0;
}

static int makes_schema(visitor by, size_t entry, pgfilter_text schema) {
    pgfilter_text tag;
    size_t i;
    if (!is_kind(by.host, by.call, entry, "EXTENSION") ||
        text_of(by, entry, PGFILTER_TAG, &tag) != PGFILTER_OK)
        return 0;
    for (i = 0; i < sizeof(schemas_of_scripts) / sizeof(*schemas_of_scripts); ++i) {
        if (is(tag, schemas_of_scripts[i].extension) && fits(schema, schemas_of_scripts[i].schema)) return 1;
    }
    return 0;
}

/* The schema that privileges are on, if they are on one. */
static int schema_granted_on(visitor by, pgfilter_text sql, pgfilter_name* name) {
    static const char* const kind[] = {"schema", NULL};
    memset(name, 0, sizeof(*name));
    while (by.host->next_name(by.call, sql, name->end, name) == PGFILTER_OK) {
        if (!name->is_quoted && is(name->last, "on"))
            return are_next(by.host, by.call, sql, name, kind) &&
                   by.host->next_name(by.call, sql, name->end, name) == PGFILTER_OK;
    }
    return 0;
}

static int has_object(visitor by, size_t entry) {
    const int32_t* ids;
    size_t count, i, object;
    if (by.host->dependencies(by.call, entry, &ids, &count) != PGFILTER_OK) return 0;
    for (i = 0; i < count; ++i) {
        if (by.host->find(by.call, ids[i], &object) == PGFILTER_OK &&
            !is_kind(by.host, by.call, object, "ACL") && !is_kind(by.host, by.call, object, "EXTENSION"))
            return 1;
    }
    return 0;
}

static int is_on_foreign_object(visitor by, size_t entry) {
    pgfilter_text space, defn;
    pgfilter_name name;
    size_t count, i;
    int is_on_schema, is_on_public;
    if (text_of(by, entry, PGFILTER_NAMESPACE, &space) != PGFILTER_OK ||
        text_of(by, entry, PGFILTER_DEFN, &defn) != PGFILTER_OK ||
        by.host->entry_count(by.call, &count) != PGFILTER_OK)
        return 0;
    if (space.bytes != NULL && is_system_schema(space)) return 1;
    if (defn.bytes == NULL) return !has_object(by, entry);
    is_on_schema = schema_granted_on(by, defn, &name);
    is_on_public = is_on_schema && is(name.last, "public");
    for (i = 0; is_on_schema && i < count; ++i) {
        if (makes_schema(by, i, name.last)) return 1;
    }
    if (has_object(by, entry)) return 0;
    return !is_on_public && !is_on(by.host, by.call, defn, "database") &&
           !is_on(by.host, by.call, defn, "large object") && !is_on(by.host, by.call, defn, "language");
}

static int is_of_predefined_role(visitor by, size_t entry) {
    static const char* const start[] = {"alter", "default", "privileges", "for", "role", NULL};
    pgfilter_text defn;
    pgfilter_name name = {0};
    if (text_of(by, entry, PGFILTER_DEFN, &defn) != PGFILTER_OK || defn.bytes == NULL) return 0;
    return are_next(by.host, by.call, defn, &name, start) &&
           by.host->next_name(by.call, defn, name.end, &name) == PGFILTER_OK && fits(name.first, "pg_*");
}

static int no_system_privileges(visitor by, size_t entry) {
    const int goes =
        is_kind(by.host, by.call, entry, "ACL")
            ? is_on_foreign_object(by, entry)
            : is_kind(by.host, by.call, entry, "DEFAULT ACL") && is_of_predefined_role(by, entry);
    return goes ? by.host->drop(by.call, entry, PGFILTER_ALONE) : PGFILTER_OK;
}

/* ------------------------------------------------------------------------------ forced row security */

static int is_kept(visitor by, size_t entry, const char* kind) {
    int32_t is_dropped = 1;
    return by.host->number(by.call, entry, PGFILTER_DROPPED, &is_dropped) == PGFILTER_OK && !is_dropped &&
           is_kind(by.host, by.call, entry, kind);
}

static int forces_row_security(visitor by, size_t entry) {
    static const char* const alter[] = {"alter", "table", NULL};
    static const char* const force[] = {"row", "level", "security", NULL};
    pgfilter_text defn, statement;
    size_t begin, end = 0;
    if (!is_kept(by, entry, "TABLE") || text_of(by, entry, PGFILTER_DEFN, &defn) != PGFILTER_OK ||
        defn.bytes == NULL)
        return 0;
    while (by.host->next_statement(by.call, defn, end, &begin, &end) == PGFILTER_OK) {
        pgfilter_name name = {0};
        int after_no = 0;
        statement = part(defn, begin, end);
        if (!are_next(by.host, by.call, statement, &name, alter)) continue;
        while (by.host->next_name(by.call, statement, name.end, &name) == PGFILTER_OK) {
            pgfilter_name rest = name;
            if (!name.is_quoted && is(name.last, "force") && !after_no &&
                are_next(by.host, by.call, statement, &rest, force))
                return 1;
            after_no = !name.is_quoted && is(name.last, "no");
        }
    }
    return 0;
}

static int depends_on(visitor by, size_t entry, size_t other) {
    const int32_t* ids;
    int32_t wanted;
    size_t count, i;
    if (by.host->number(by.call, other, PGFILTER_DUMP_ID, &wanted) != PGFILTER_OK ||
        by.host->dependencies(by.call, entry, &ids, &count) != PGFILTER_OK)
        return 0;
    for (i = 0; i < count; ++i) {
        if (ids[i] == wanted) return 1;
    }
    return 0;
}

static int compare_ids(const void* a, const void* b) {
    const int32_t left = *(const int32_t*)a, right = *(const int32_t*)b;
    return (left > right) - (left < right);
}

/* Row security of the table is enabled when its foreign keys are there. */
static int enable_after_keys(visitor by, size_t table, size_t enabling, size_t count) {
    const int32_t* before;
    int32_t* ids;
    size_t size, had, i, distinct = 0;
    int status = by.host->dependencies(by.call, enabling, &before, &size);
    if (status != PGFILTER_OK) return status;
    ids = calloc(size + count, sizeof(*ids));
    if (ids == NULL) return PGFILTER_ERROR;
    if (size > 0) memcpy(ids, before, size * sizeof(*ids));
    had = size;
    for (i = 0; i < count && status == PGFILTER_OK; ++i) {
        if (is_kept(by, i, "FK CONSTRAINT") && depends_on(by, i, table))
            status = by.host->number(by.call, i, PGFILTER_DUMP_ID, &ids[size++]);
    }
    qsort(ids, size, sizeof(*ids), compare_ids);
    for (i = 0; i < size; ++i) {
        if (distinct == 0 || ids[distinct - 1] != ids[i]) ids[distinct++] = ids[i];
    }
    if (status == PGFILTER_OK && distinct > had)
        status = by.host->set_dependencies(by.call, enabling, ids, distinct);
    free(ids);
    return status;
}

/* What reads a table that cannot be read, and so on. */
static int spread(visitor by, char* unreadable, size_t count) {
    static const char* const reading[] = {"VIEW",     "MATERIALIZED VIEW", "RULE",
                                          "FUNCTION", "PROPERTY GRAPH",    "MATERIALIZED VIEW DATA"};
    int has_changed = 1;
    size_t i, k, id, ids_count, object;
    const int32_t* ids;
    while (has_changed) {
        has_changed = 0;
        for (i = 0; i < count; ++i) {
            for (k = 0; k < sizeof(reading) / sizeof(*reading) && !is_kept(by, i, reading[k]); ++k) continue;
            if (unreadable[i] || k == sizeof(reading) / sizeof(*reading)) continue;
            if (by.host->dependencies(by.call, i, &ids, &ids_count) != PGFILTER_OK) return PGFILTER_ERROR;
            for (id = 0; id < ids_count && !unreadable[i]; ++id)
                unreadable[i] = by.host->find(by.call, ids[id], &object) == PGFILTER_OK && unreadable[object];
            has_changed = has_changed || unreadable[i];
        }
    }
    return PGFILTER_OK;
}

static int leave_empty(visitor by, char* unreadable, size_t count) {
    size_t table, i;
    int status = PGFILTER_OK, is_any = 0;
    for (table = 0; table < count && status == PGFILTER_OK; ++table) {
        if (!forces_row_security(by, table)) continue;
        for (i = 0; i < count && status == PGFILTER_OK; ++i) {
            if (!is_kept(by, i, "ROW SECURITY") || !depends_on(by, i, table)) continue;
            unreadable[table] = 1;
            is_any = 1;
            status = enable_after_keys(by, table, i, count);
        }
    }
    if (status != PGFILTER_OK || !is_any) return status;
    status = spread(by, unreadable, count);
    for (i = 0; i < count && status == PGFILTER_OK; ++i) {
        if (unreadable[i] && is_kind(by.host, by.call, i, "MATERIALIZED VIEW DATA"))
            status = by.host->drop(by.call, i, PGFILTER_ALONE);
    }
    return status;
}

static int no_queries_under_row_security(visitor by, size_t entry) {
    size_t count;
    char* unreadable;
    int status;
    if (entry > 0) return PGFILTER_OK; /* all is done at once */
    if (by.host->entry_count(by.call, &count) != PGFILTER_OK) return PGFILTER_ERROR;
    unreadable = calloc(count, 1);
    if (unreadable == NULL) return PGFILTER_ERROR;
    status = leave_empty(by, unreadable, count);
    free(unreadable);
    return status;
}

/* ------------------------------------------------------------------------------ the plug-in */

static const struct {
    const char* name;
    int (*change)(visitor by, size_t entry);
} rules[] = {
    {"plugged-no-grants", no_grants},
    {"plugged-no-grantors", no_grantors},
    {"plugged-unlogged-to-logged", unlogged_to_logged},
    {"plugged-no-system-privileges", no_system_privileges},
    {"plugged-no-queries-under-row-security", no_queries_under_row_security},
};

static int visit(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    const visitor by = {host, call};
    (void)state;
    return rules[STRIP_RULE].change(by, entry) == PGFILTER_ERROR ? PGFILTER_ERROR : PGFILTER_OK;
}

static int has_functions(void* state, const pgfilter_host* host, pgfilter_call* call) {
    const pgfilter_text why = {"pgfilter is too old for it", 26};
    (void)state;
    return host->size < offsetof(pgfilter_host, set_dependencies) + sizeof(host->set_dependencies)
               ? host->fail(call, why)
               : PGFILTER_OK;
}

const pgfilter_rule* pgfilter_plugin(int abi) {
    return describe(abi, rules[STRIP_RULE].name, has_functions, visit);
}
