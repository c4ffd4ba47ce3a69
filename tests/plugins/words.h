/* SPDX-License-Identifier: PostgreSQL */
/* What the rules of these plug-ins ask of texts. */
#ifndef PGFILTER_TESTS_WORDS_H
#define PGFILTER_TESTS_WORDS_H

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

#endif
