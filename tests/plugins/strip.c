/* SPDX-License-Identifier: PostgreSQL */
/* Rules that pgfilter brings along, once more as plug-ins: one for each value of STRIP_RULE. */
#include <stdlib.h>
#include <string.h>

#include "pgfilter/plugin.h"
#include "strip.h"

typedef struct strip_rule {
    const char* name;
    const char* kinds[5]; /* that are dropped */
    const char* object;   /* whose privileges, comments and labels are, too: "event trigger" */
    int (*change)(const pgfilter_host* host, pgfilter_call* call, size_t entry);
} strip_rule;

/* Cuts KEYWORD [=] NAME out of a definition. */
static int cut_clause(const pgfilter_host* host, pgfilter_call* call, size_t entry, const char* keyword) {
    pgfilter_text defn;
    pgfilter_name name = {0};
    pgfilter_splice splice;
    if (host->text(call, entry, PGFILTER_DEFN, &defn) != PGFILTER_OK) return PGFILTER_ERROR;
    if (defn.bytes == NULL) return PGFILTER_OK;
    do {
        if (host->next_name(call, defn, name.end, &name) != PGFILTER_OK) return PGFILTER_OK;
    } while (name.is_quoted || !is(name.last, keyword));
    splice.begin = name.begin;
    while (splice.begin > 0 && strchr(" \t\r\n", defn.bytes[splice.begin - 1]) != NULL) --splice.begin;
    if (host->next_name(call, defn, name.end, &name) != PGFILTER_OK) return PGFILTER_OK;
    splice.end = name.end;
    splice.replacement.bytes = "";
    splice.replacement.size = 0;
    return host->splice(call, entry, PGFILTER_DEFN, &splice, 1);
}

static int clear(const pgfilter_host* host, pgfilter_call* call, size_t entry, int field, int as_null) {
    pgfilter_text text;
    if (host->text(call, entry, field, &text) != PGFILTER_OK) return PGFILTER_ERROR;
    if (text.bytes == NULL) return PGFILTER_OK;
    text.bytes = as_null ? NULL : "";
    text.size = 0;
    return host->set_text(call, entry, field, text);
}

static int no_owner(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    int32_t minor;
    int status;
    if (host->archive_version(call, &minor) != PGFILTER_OK) return PGFILTER_ERROR;
    status = clear(host, call, entry, PGFILTER_OWNER, minor >= 14);
    return status == PGFILTER_ERROR || !is_kind(host, call, entry, "SCHEMA")
               ? status
               : cut_clause(host, call, entry, "authorization");
}

static int no_tablespaces(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    const int status = clear(host, call, entry, PGFILTER_TABLESPACE, 1);
    return status == PGFILTER_ERROR || !is_kind(host, call, entry, "DATABASE")
               ? status
               : cut_clause(host, call, entry, "tablespace");
}

static int no_table_access_method(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    return clear(host, call, entry, PGFILTER_TABLEAM, 1);
}

static int if_not_exists(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    static const char* const there[] = {"if", "not", "exists", NULL};
    const int makes_schema = is_kind(host, call, entry, "SCHEMA");
    const char* const object = makes_schema ? "schema" : "extension";
    const char* const start[] = {"create", object, NULL};
    pgfilter_text defn;
    pgfilter_name name = {0};
    pgfilter_splice splice;
    if (!makes_schema && !is_kind(host, call, entry, "EXTENSION")) return PGFILTER_OK;
    if (host->text(call, entry, PGFILTER_DEFN, &defn) != PGFILTER_OK) return PGFILTER_ERROR;
    if (defn.bytes == NULL || !are_next(host, call, defn, &name, start)) return PGFILTER_OK;
    splice.begin = splice.end = name.end;
    splice.replacement.bytes = " IF NOT EXISTS";
    splice.replacement.size = strlen(splice.replacement.bytes);
    return are_next(host, call, defn, &name, there) ? PGFILTER_OK
                                                    : host->splice(call, entry, PGFILTER_DEFN, &splice, 1);
}

static int no_public_schema(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    pgfilter_text text;
    if (is_kind(host, call, entry, "SCHEMA")) {
        if (host->text(call, entry, PGFILTER_TAG, &text) != PGFILTER_OK) return PGFILTER_ERROR;
        return is(text, "public") ? host->drop(call, entry, PGFILTER_ALONE) : PGFILTER_OK;
    }
    if (!is_kind(host, call, entry, "COMMENT") && !is_kind(host, call, entry, "SECURITY LABEL"))
        return PGFILTER_OK;
    if (host->text(call, entry, PGFILTER_DEFN, &text) != PGFILTER_OK) return PGFILTER_ERROR;
    return text.bytes != NULL && is_on(host, call, text, "schema public")
               ? host->drop(call, entry, PGFILTER_ALONE)
               : PGFILTER_OK;
}

/* Up to PostgreSQL 8.0, pg_dump writes the functions of the language, too. */
static int makes_plpgsql(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    static const char* const handlers[] = {"plpgsql_call_handler()", "plpgsql_validator(oid)",
                                           "plpgsql_inline_handler(internal)"};
    static const char* const in_c[] = {"c", NULL};
    pgfilter_text text;
    pgfilter_name name = {0};
    size_t i;
    if (host->text(call, entry, PGFILTER_TAG, &text) != PGFILTER_OK) return 0;
    if (is_kind(host, call, entry, "PROCEDURAL LANGUAGE")) return is(text, "plpgsql");
    if (!is_kind(host, call, entry, "FUNCTION")) return 0;
    for (i = 0; i < sizeof(handlers) / sizeof(*handlers) && !is(text, handlers[i]); ++i) continue;
    if (i == sizeof(handlers) / sizeof(*handlers)) return 0;
    if (host->text(call, entry, PGFILTER_DEFN, &text) != PGFILTER_OK || text.bytes == NULL) return 0;
    do {
        if (host->next_name(call, text, name.end, &name) != PGFILTER_OK) return 0;
    } while (name.is_quoted || !is(name.last, "language"));
    return are_next(host, call, text, &name, in_c);
}

static int no_standard_language(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    const int is_acl = is_kind(host, call, entry, "ACL");
    const int32_t* ids;
    size_t count, i, object;
    if (makes_plpgsql(host, call, entry)) return host->drop(call, entry, PGFILTER_ALONE);
    if (!is_acl && !is_kind(host, call, entry, "COMMENT") && !is_kind(host, call, entry, "SECURITY LABEL"))
        return PGFILTER_OK;
    if (host->dependencies(call, entry, &ids, &count) != PGFILTER_OK) return PGFILTER_ERROR;
    for (i = 0; i < count; ++i) {
        const int found = host->find(call, ids[i], &object);
        if (found == PGFILTER_ERROR) return found;
        if (found == PGFILTER_OK && makes_plpgsql(host, call, object) &&
            (!is_acl || is_kind(host, call, object, "FUNCTION")))
            return host->drop(call, entry, PGFILTER_ALONE);
    }
    return PGFILTER_OK;
}

static const strip_rule rules[] = {
    {"plugged-no-privileges", {"ACL", "ACL LANGUAGE", "DEFAULT ACL"}, NULL, NULL},
    {"plugged-no-comments", {"COMMENT"}, NULL, NULL},
    {"plugged-no-security-labels", {"SECURITY LABEL"}, NULL, NULL},
    {"plugged-no-large-objects", {"BLOB", "BLOB COMMENTS", "BLOB METADATA", "BLOBS"}, "large object", NULL},
    {"plugged-no-create", {"DATABASE", "DATABASE PROPERTIES"}, "database", NULL},
    {"plugged-no-policies", {"POLICY", "ROW SECURITY"}, "policy", NULL},
    {"plugged-no-publications",
     {"PUBLICATION", "PUBLICATION TABLE", "PUBLICATION TABLES IN SCHEMA"},
     "publication",
     NULL},
    {"plugged-no-subscriptions", {"SUBSCRIPTION", "SUBSCRIPTION TABLE"}, "subscription", NULL},
    {"plugged-no-event-triggers", {"EVENT TRIGGER"}, "event trigger", NULL},
    {"plugged-no-statistics", {"STATISTICS DATA", "EXTENDED STATISTICS DATA"}, NULL, NULL},
    {"plugged-no-owner", {NULL}, NULL, no_owner},
    {"plugged-no-tablespaces", {NULL}, NULL, no_tablespaces},
    {"plugged-no-table-access-method", {NULL}, NULL, no_table_access_method},
    {"plugged-if-not-exists", {NULL}, NULL, if_not_exists},
    {"plugged-no-public-schema", {NULL}, NULL, no_public_schema},
    {"plugged-no-standard-language", {NULL}, NULL, no_standard_language},
};
static const strip_rule* const rule = &rules[STRIP_RULE];

static int visit(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    pgfilter_text text;
    size_t i;
    (void)state;
    if (rule->change != NULL)
        return rule->change(host, call, entry) == PGFILTER_ERROR ? PGFILTER_ERROR : PGFILTER_OK;
    for (i = 0; rule->kinds[i] != NULL; ++i) {
        if (is_kind(host, call, entry, rule->kinds[i])) return host->drop(call, entry, PGFILTER_ALONE);
    }
    if (rule->object == NULL ||
        !(is_kind(host, call, entry, "ACL") || is_kind(host, call, entry, "COMMENT") ||
          is_kind(host, call, entry, "SECURITY LABEL")))
        return PGFILTER_OK;
    if (host->text(call, entry, PGFILTER_DEFN, &text) != PGFILTER_OK) return PGFILTER_ERROR;
    return text.bytes != NULL && is_on(host, call, text, rule->object)
               ? host->drop(call, entry, PGFILTER_ALONE)
               : PGFILTER_OK;
}

const pgfilter_rule* pgfilter_plugin(int abi) {
    return describe(abi, rule->name, NULL, visit);
}
