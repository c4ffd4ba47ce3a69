/* SPDX-License-Identifier: PostgreSQL */
/* A plug-in whose argument is a script of what to call: a byte for the function of the plug-in in which it
 * runs, then calls of a byte each and what they need.  An operand that is not there is 0. */
#include <stdlib.h>
#include <string.h>

#include "pgfilter/plugin.h"

typedef struct script {
    unsigned char* bytes;
    size_t size;
    size_t at;
} script;

static unsigned next(script* self) {
    return self->at < self->size ? self->bytes[self->at++] : 0;
}

/* Of the script, up to a zero byte; a byte of 255 in front makes it NULL, with or without a size. */
static pgfilter_text next_text(script* self) {
    pgfilter_text text = {NULL, 0};
    const unsigned char* end;
    if (self->at < self->size && self->bytes[self->at] == 255) {
        next(self);
        text.size = next(self) % 2;
        return text;
    }
    end = self->at < self->size ? memchr(self->bytes + self->at, 0, self->size - self->at) : NULL;
    text.bytes = (const char*)self->bytes + self->at;
    text.size = end == NULL ? self->size - self->at : (size_t)(end - self->bytes) - self->at;
    self->at += text.size + (end != NULL);
    return text;
}

static int splice(script* self, const pgfilter_host* host, pgfilter_call* call) {
    pgfilter_splice splices[4];
    const size_t entry = next(self), count = next(self) % 5;
    const int field = (int)next(self) - 1;
    size_t i;
    for (i = 0; i < count; ++i) {
        splices[i].begin = next(self);
        splices[i].end = splices[i].begin + next(self);
        splices[i].replacement = next_text(self);
    }
    return host->splice(call, entry, field, splices, count);
}

/* The names in a text of the archive, as far as there are. */
static int read_names(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    pgfilter_text text, quoted;
    pgfilter_name name = {0};
    int status = host->text(call, entry, PGFILTER_DEFN, &text);
    while (status == PGFILTER_OK && text.bytes != NULL) {
        const size_t before = name.end;
        status = host->next_name(call, text, name.end, &name);
        if (status != PGFILTER_OK) break;
        if (name.begin < before || name.end <= name.begin || name.end > text.size || name.identifiers == 0)
            abort();
        status = host->quote_identifier(call, name.last, &quoted);
        if (status == PGFILTER_OK) status = host->quote_literal(call, name.first, &quoted);
    }
    return status;
}

/* Its statements. */
static int read_statements(const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    pgfilter_text text;
    size_t begin, before, end = 0;
    int status = host->text(call, entry, PGFILTER_DEFN, &text);
    while (status == PGFILTER_OK && text.bytes != NULL) {
        before = end;
        status = host->next_statement(call, text, end, &begin, &end);
        if (status == PGFILTER_OK && (begin < before || end <= begin || end > text.size)) abort();
    }
    return status;
}

static int set_dependencies(script* self, const pgfilter_host* host, pgfilter_call* call) {
    int32_t ids[4];
    const size_t entry = next(self), count = next(self) % 5;
    size_t i;
    for (i = 0; i < count; ++i) ids[i] = (int32_t)next(self) - 1;
    return host->set_dependencies(call, entry, ids, count);
}

static int run_one(script* self, const pgfilter_host* host, pgfilter_call* call) {
    pgfilter_text text;
    pgfilter_dialect dialect;
    const int32_t* ids;
    int32_t number;
    size_t index, count;
    switch (next(self) % 18) {
        case 0:
            return host->dialect(call, &dialect);
        case 1:
            return host->entry_count(call, &count);
        case 2:
            return host->find(call, (int32_t)next(self) - 1, &index);
        case 3:
            index = next(self);
            return host->text(call, index, (int)next(self) - 1, &text);
        case 4:
            index = next(self);
            return host->original_text(call, index, (int)next(self) - 1, &text);
        case 5:
            index = next(self);
            return host->number(call, index, (int)next(self) - 1, &number);
        case 6:
            return host->dependencies(call, next(self), &ids, &count);
        case 7:
            return read_names(host, call, next(self));
        case 8:
            text = next_text(self);
            return host->quote_identifier(call, text, &text);
        case 9:
            text = next_text(self);
            return host->quote_literal(call, text, &text);
        case 10:
            index = next(self);
            number = (int32_t)next(self) - 1;
            text = next_text(self);
            return host->set_text(call, index, number, text);
        case 11:
            return splice(self, host, call);
        case 12:
            index = next(self);
            return host->drop(call, index, (int)next(self) - 1);
        case 13:
            return host->drop_data(call, next(self));
        case 14:
            index = next(self);
            return host->matched(call, index, next(self));
        case 15:
            text = next_text(self);
            return host->report(call, text, 1);
        case 16:
            return read_statements(host, call, next(self));
        default:
            return set_dependencies(self, host, call);
    }
}

/* With the status that the script says at last, if none of its calls has failed. */
static int run(script* self, const pgfilter_host* host, pgfilter_call* call, unsigned where) {
    self->at = 1;
    if (self->size == 0 || self->bytes[0] % 4 != where) return PGFILTER_OK;
    while (self->at + 1 < self->size) {
        if (run_one(self, host, call) == PGFILTER_ERROR) return PGFILTER_ERROR;
    }
    return (int)next(self) % 64 == 63 ? 63 : PGFILTER_OK;
}

static void* open_rule(const pgfilter_host* host, pgfilter_call* call) {
    (void)host;
    (void)call;
    return calloc(1, sizeof(script));
}

static int argument(void* state, const pgfilter_host* host, pgfilter_call* call, pgfilter_text key,
                    pgfilter_text value) {
    script* const self = state;
    (void)host;
    (void)call;
    (void)key;
    free(self->bytes);
    self->bytes = malloc(value.size + 1);
    if (self->bytes == NULL) return PGFILTER_ERROR;
    memcpy(self->bytes, value.bytes, value.size);
    self->size = value.size;
    return PGFILTER_OK;
}

static int begin(void* state, const pgfilter_host* host, pgfilter_call* call) {
    return run(state, host, call, 0);
}

static int visit(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    (void)entry;
    return run(state, host, call, 1);
}

static int end(void* state, const pgfilter_host* host, pgfilter_call* call) {
    return run(state, host, call, 2);
}

static int unhandled(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry) {
    (void)entry;
    return run(state, host, call, 3);
}

static void close_rule(void* state) {
    free(((script*)state)->bytes);
    free(state);
}

const pgfilter_rule* pgfilter_plugin(int abi) {
    static const pgfilter_key keys[] = {{"script", "SCRIPT"}};
    static const pgfilter_rule rule = {sizeof(pgfilter_rule),
                                       "scripted",
                                       "does what its script says",
                                       keys,
                                       1,
                                       NULL,
                                       0,
                                       16,
                                       open_rule,
                                       argument,
                                       begin,
                                       visit,
                                       end,
                                       unhandled,
                                       close_rule};
    return abi == PGFILTER_PLUGIN_ABI ? &rule : NULL;
}
