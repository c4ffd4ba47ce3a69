/* SPDX-License-Identifier: PostgreSQL */
/* A rule in a shared object: drops the tables whose names begin with a prefix, with all that hangs on them.
 *
 *     cc -std=c99 -shared -fPIC -o drop_tables.so plugin_in_c.c
 *     pgfilter --plugin=./drop_tables.so -r 'drop-tables prefix=log_' nightly.dump -f small.dump
 */
#include <stdlib.h>
#include <string.h>

#include "pgfilter/plugin.h"

/* All that one rule keeps: its prefixes, in the order of its arguments. */
typedef struct drop_tables {
    pgfilter_text* prefixes;
    size_t count;
} drop_tables;

static int fail(const pgfilter_host* host, pgfilter_call* call, const char* message) {
    const pgfilter_text text = {message, strlen(message)};
    return host->fail(call, text);
}

static void* open_rule(const pgfilter_host* host, pgfilter_call* call) {
    drop_tables* const rule = calloc(1, sizeof(drop_tables));
    if (rule == NULL) fail(host, call, "out of memory");
    return rule;
}

/* The host's text is gone when this returns, so it is copied. */
static int argument(void* state, const pgfilter_host* host, pgfilter_call* call, pgfilter_text key,
                    pgfilter_text value) {
    drop_tables* const rule = state;
    pgfilter_text* more;
    char* copy;
    (void)key;
    if (value.size == 0) return fail(host, call, "an empty prefix would drop every table");
    more = realloc(rule->prefixes, (rule->count + 1) * sizeof(pgfilter_text));
    if (more == NULL) return fail(host, call, "out of memory");
    rule->prefixes = more;
    copy = malloc(value.size);
    if (copy == NULL) return fail(host, call, "out of memory");
    memcpy(copy, value.bytes, value.size);
    rule->prefixes[rule->count].bytes = copy;
    rule->prefixes[rule->count++].size = value.size;
    return PGFILTER_OK;
}

static int visit(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    const drop_tables* const rule = state;
    pgfilter_text tag;
    size_t i;
    if (host->text(call, entry, PGFILTER_TAG, &tag) != PGFILTER_OK) return PGFILTER_ERROR;
    for (i = 0; i < rule->count; ++i) {
        const pgfilter_text prefix = rule->prefixes[i];
        if (tag.size < prefix.size || memcmp(tag.bytes, prefix.bytes, prefix.size) != 0) continue;
        if (host->matched(call, i, 1) != PGFILTER_OK) return PGFILTER_ERROR;
        return host->drop(call, entry, PGFILTER_WITH_DEPENDENTS);
    }
    return PGFILTER_OK;
}

static void close_rule(void* state) {
    drop_tables* const rule = state;
    size_t i;
    for (i = 0; i < rule->count; ++i) free((char*)rule->prefixes[i].bytes);
    free(rule->prefixes);
    free(rule);
}

const pgfilter_rule* pgfilter_plugin(int abi) {
    static const pgfilter_key keys[] = {{"prefix", "PREFIX"}};
    static const char* const kinds[] = {"TABLE", "FOREIGN TABLE"};
    static const pgfilter_rule rule = {
        .size = sizeof(pgfilter_rule),
        .name = "drop-tables",
        .summary = "drop tables whose names begin so, with all that hangs on them",
        .keys = keys,
        .key_count = 1,
        .kinds = kinds,
        .kind_count = 2,
        .newest_version = 16,
        .open = open_rule,
        .argument = argument,
        .entry = visit,
        .close = close_rule,
    };
    return abi == PGFILTER_PLUGIN_ABI ? &rule : NULL;
}
