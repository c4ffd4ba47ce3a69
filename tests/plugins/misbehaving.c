/* SPDX-License-Identifier: PostgreSQL */
/* A plug-in that does what it must not.  Its argument says what: "way=NAME". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgfilter/plugin.h"

typedef struct state {
    char way[64];
    pgfilter_call* kept;
} state;

static void* open_rule(const pgfilter_host* host, pgfilter_call* call) {
    const char* const way = getenv("PGFILTER_TEST_OPEN");
    state* made;
    int32_t number;
    if (way != NULL && strcmp(way, "null") == 0) return NULL;
    if (way != NULL && strcmp(way, "fails") == 0) {
        const pgfilter_text why = {"no memory for it", 16};
        host->fail(call, why);
        return NULL;
    }
    made = calloc(1, sizeof(state));
    if (way != NULL && strcmp(way, "reads") == 0) host->archive_version(call, &number);
    if (made != NULL) made->kept = call;
    return made;
}

static int argument(void* data, const pgfilter_host* host, pgfilter_call* call, pgfilter_text key,
                    pgfilter_text value) {
    state* const self = data;
    (void)key;
    if (value.size >= sizeof(self->way) || value.size == 0) {
        const pgfilter_text why = {"there is no such way", 20};
        return host->fail(call, why);
    }
    memcpy(self->way, value.bytes, value.size);
    self->way[value.size] = '\0';
    return strcmp(self->way, "argument-status") == 0 ? 99 : PGFILTER_OK;
}

static int is(const state* self, const char* way) {
    return strcmp(self->way, way) == 0;
}

static pgfilter_text text(const char* bytes, size_t size) {
    pgfilter_text result;
    result.bytes = bytes;
    result.size = size;
    return result;
}

/* All of them say that nothing was wrong, which must not help. */
static int visit(void* data, const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    state* const self = data;
    pgfilter_text out;
    pgfilter_name name;
    pgfilter_splice splices[2];
    size_t count;
    memset(splices, 0, sizeof(splices));
    splices[0].replacement = splices[1].replacement = text("x", 1);
    if (is(self, "fails")) host->fail(call, text("it \x1b[31mhurts", 13));
    if (is(self, "fails-silently")) return PGFILTER_ERROR;
    if (is(self, "fails-with-null")) host->fail(call, text(NULL, 0));
    if (is(self, "status")) return 7;
    if (is(self, "status-none")) return PGFILTER_NONE;
    if (is(self, "no-entry") && host->entry_count(call, &count) == PGFILTER_OK)
        host->text(call, count, PGFILTER_TAG, &out);
    if (is(self, "no-field")) host->text(call, entry, 12, &out);
    if (is(self, "negative-field")) host->text(call, entry, -1, &out);
    if (is(self, "no-number")) host->number(call, entry, 6, &(int32_t){0});
    if (is(self, "no-result")) host->text(call, entry, PGFILTER_TAG, NULL);
    if (is(self, "null-tag")) host->set_text(call, entry, PGFILTER_TAG, text(NULL, 0));
    if (is(self, "null-with-size")) host->set_text(call, entry, PGFILTER_OWNER, text(NULL, 3));
    if (is(self, "long-text")) host->set_text(call, entry, PGFILTER_OWNER, text("x", (size_t)-1));
    if (is(self, "longer-than-archives-take"))
        host->set_text(call, entry, PGFILTER_OWNER, text("x", (size_t)1 << 31));
    if (is(self, "splice-outside")) {
        splices[0].begin = 0;
        splices[0].end = (size_t)1 << 40;
        host->splice(call, entry, PGFILTER_TAG, splices, 1);
    }
    if (is(self, "splice-backwards")) {
        splices[0].begin = 1;
        host->splice(call, entry, PGFILTER_TAG, splices, 1);
    }
    if (is(self, "splices-overlap")) {
        splices[0].end = 2;
        splices[1].begin = 1;
        splices[1].end = 2;
        host->splice(call, entry, PGFILTER_TAG, splices, 2);
    }
    if (is(self, "splice-null")) {
        splices[0].replacement = text(NULL, 0);
        host->splice(call, entry, PGFILTER_TAG, splices, 1);
    }
    if (is(self, "no-splices")) host->splice(call, entry, PGFILTER_TAG, NULL, 2);
    if (is(self, "many-splices")) host->splice(call, entry, PGFILTER_TAG, splices, (size_t)-1);
    if (is(self, "drops-what")) host->drop(call, entry, 3);
    if (is(self, "drops-no-data")) host->drop_data(call, entry);
    if (is(self, "no-argument")) host->matched(call, 1, 1);
    if (is(self, "reports-early")) host->report(call, text("x", 1), 1);
    if (is(self, "name-outside")) host->next_name(call, text("ab", 2), 3, &name);
    if (is(self, "name-of-null")) host->next_name(call, text(NULL, 0), 0, &name);
    if (is(self, "statement-outside")) host->next_statement(call, text("ab", 2), 3, &count, &count);
    if (is(self, "statement-of-null")) host->next_statement(call, text(NULL, 0), 0, &count, &count);
    if (is(self, "statement-nowhere")) host->next_statement(call, text("ab", 2), 0, NULL, &count);
    if (is(self, "negative-dependency")) host->set_dependencies(call, entry, &(int32_t){-1}, 1);
    if (is(self, "no-dependencies")) host->set_dependencies(call, entry, NULL, 2);
    if (is(self, "many-dependencies")) host->set_dependencies(call, entry, &(int32_t){1}, (size_t)-1);
    if (is(self, "quotes-null")) host->quote_identifier(call, text(NULL, 0), &out);
    if (is(self, "goes-on-after-a-fault")) {
        host->drop(call, entry, 3);
        host->drop(call, entry, PGFILTER_WITH_PARTS);
        return host->fail(call, text("another", 7));
    }
    return PGFILTER_OK;
}

static int end(void* data, const pgfilter_host* host, pgfilter_call* call) {
    state* const self = data;
    (void)host;
    (void)call;
    return is(self, "end-status") ? -2 : PGFILTER_OK;
}

static int unhandled(void* data, const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    state* const self = data;
    if (is(self, "edits-late")) host->drop(call, entry, PGFILTER_ALONE);
    if (is(self, "unhandled-status")) return 5;
    if (is(self, "reports-null")) host->report(call, text(NULL, 0), 1);
    if (is(self, "reports")) return host->report(call, text("is \x1b[31mred", 11), 1);
    return PGFILTER_OK;
}

/* Its call is over by then: this must do nothing, and not crash. */
static const pgfilter_host* the_host;
static void close_rule(void* data) {
    state* const self = data;
    if (the_host != NULL && self->kept != NULL) the_host->drop(self->kept, 0, PGFILTER_ALONE);
    free(self);
}

static int begin(void* data, const pgfilter_host* host, pgfilter_call* call) {
    state* const self = data;
    the_host = host;
    (void)call;
    if (is(self, "of-another-size") && host->size != sizeof(pgfilter_host)) return PGFILTER_ERROR;
    return PGFILTER_OK;
}

/* PGFILTER_TEST_DESCRIPTION says what is wrong with the description. */
const pgfilter_rule* pgfilter_plugin(int abi) {
    static const pgfilter_key keys[] = {{"way", "WAY"}};
    static const pgfilter_key nameless_keys[] = {{NULL, "WAY"}};
    static const char* const kinds[] = {"TABLE", NULL};
    static char long_name[100];
    static pgfilter_rule rule;
    const char* const wrong =
        getenv("PGFILTER_TEST_DESCRIPTION") == NULL ? "" : getenv("PGFILTER_TEST_DESCRIPTION");
    const pgfilter_rule proper = {sizeof(pgfilter_rule),
                                  "misbehave",
                                  "does what it must not",
                                  keys,
                                  1,
                                  kinds,
                                  1,
                                  16,
                                  open_rule,
                                  argument,
                                  begin,
                                  visit,
                                  end,
                                  unhandled,
                                  close_rule};
    rule = proper;
    if (strcmp(wrong, "null") == 0 || abi != PGFILTER_PLUGIN_ABI) return NULL;
    if (strcmp(wrong, "small") == 0) rule.size = 8;
    if (strcmp(wrong, "larger") == 0) rule.size += 64;
    if (strcmp(wrong, "no-name") == 0) rule.name = NULL;
    if (strcmp(wrong, "odd-name") == 0) rule.name = "Mis Behave";
    if (strcmp(wrong, "long-name") == 0) rule.name = memset(long_name, 'x', sizeof(long_name) - 1);
    if (strcmp(wrong, "taken-name") == 0) rule.name = "no-owner";
    if (strcmp(wrong, "no-summary") == 0) rule.summary = NULL;
    if (strcmp(wrong, "two-lines") == 0) rule.summary = "one\ntwo";
    if (strcmp(wrong, "no-keys") == 0) rule.keys = NULL;
    if (strcmp(wrong, "many-keys") == 0) rule.key_count = (size_t)-1;
    if (strcmp(wrong, "nameless-key") == 0) rule.keys = nameless_keys;
    if (strcmp(wrong, "many-kinds") == 0) rule.kind_count = (size_t)-1;
    if (strcmp(wrong, "null-kind") == 0) rule.kind_count = 2;
    if (strcmp(wrong, "no-version") == 0) rule.newest_version = -1;
    if (strcmp(wrong, "old-version") == 0) rule.newest_version = 13;
    if (strcmp(wrong, "no-open") == 0) rule.open = NULL;
    if (strcmp(wrong, "no-argument") == 0) rule.argument = NULL;
    return &rule;
}
