/* SPDX-License-Identifier: PostgreSQL */
/* What the plug-ins of rules that strip share: what they ask of texts, and how they describe themselves. */
#ifndef PGFILTER_TESTS_STRIP_H
#define PGFILTER_TESTS_STRIP_H

#include <stdlib.h>
#include <string.h>

#include "pgfilter/plugin.h"

static inline int is(pgfilter_text text, const char* word) {
    return text.bytes != NULL && text.size == strlen(word) && memcmp(text.bytes, word, text.size) == 0;
}

/* Whether ON OBJECT stands in the text. */
static inline int is_on(const pgfilter_host* host, pgfilter_call* call, pgfilter_text sql,
                        const char* object) {
    pgfilter_name name = {0};
    size_t length;
    do {
        if (host->next_name(call, sql, name.end, &name) != PGFILTER_OK) return 0;
    } while (name.is_quoted || !is(name.last, "on"));
    for (; *object != '\0'; object += length + (object[length] == ' ')) {
        length = strcspn(object, " ");
        if (host->next_name(call, sql, name.end, &name) != PGFILTER_OK || name.is_quoted ||
            name.identifiers != 1 || name.last.size != length || memcmp(name.last.bytes, object, length) != 0)
            return 0;
    }
    return 1;
}

static inline int is_kind(const pgfilter_host* host, pgfilter_call* call, size_t entry, const char* kind) {
    pgfilter_text desc;
    return host->text(call, entry, PGFILTER_DESC, &desc) == PGFILTER_OK && is(desc, kind);
}

/* Whether these words, one after the other, are the next names in the text; `name` becomes the last of them.
 */
static inline int are_next(const pgfilter_host* host, pgfilter_call* call, pgfilter_text sql,
                           pgfilter_name* name, const char* const* words) {
    for (; *words != NULL; ++words) {
        if (host->next_name(call, sql, name->end, name) != PGFILTER_OK || name->is_quoted ||
            name->identifiers != 1 || !is(name->last, *words))
            return 0;
    }
    return 1;
}

typedef int begin_rule(void* state, const pgfilter_host* host, pgfilter_call* call);
typedef int visit_entry(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry);

static inline void* open_rule(const pgfilter_host* host, pgfilter_call* call) {
    (void)host;
    (void)call;
    return calloc(1, 1);
}

/* A rule without arguments, for all kinds.  `begin` may be NULL. */
static inline const pgfilter_rule* describe(int abi, const char* name, begin_rule* begin,
                                            visit_entry* entry) {
    static pgfilter_rule described = {.size = sizeof(pgfilter_rule),
                                      .summary = "does what the rule of that name does",
                                      .newest_version = 16,
                                      .open = open_rule,
                                      .close = free};
    described.name = name;
    described.begin = begin;
    described.entry = entry;
    return abi == PGFILTER_PLUGIN_ABI ? &described : NULL;
}

#endif
