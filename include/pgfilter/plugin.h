/* SPDX-License-Identifier: PostgreSQL */
/* A rule in a shared object of its own, in C99 or C++: `pgfilter --plugin=FILE.so -r 'NAME ...'`.
 *
 * A plug-in exports one function, pgfilter_plugin(), which returns a description of its one rule.  pgfilter
 * makes the rule as often as it is asked for, with open() and an argument() for each of its arguments.  For
 * an archive it calls begin(), then entry() for each entry of the kinds that the rule wants, in their order,
 * then end().  When all rules have run, it calls unhandled() for entries that are kept, perhaps several
 * times, and at last close().  A rule that is made only to see whether its arguments make sense is closed
 * without begin().
 *
 *     static int drop_logs(void *state, const pgfilter_host *host, pgfilter_call *call, size_t entry) {
 *         pgfilter_text tag;
 *         if (host->text(call, entry, PGFILTER_TAG, &tag) != PGFILTER_OK) return PGFILTER_ERROR;
 *         if (tag.size < 4 || memcmp(tag.bytes, "log_", 4) != 0) return PGFILTER_OK;
 *         return host->drop(call, entry, PGFILTER_WITH_DEPENDENTS);
 *     }
 *
 * Nothing is thrown across this border: functions return a status.  What one side cannot have asked for, such
 * as a span outside a text, ends the run with an error that names the plug-in, its rule and the entry.  A
 * status of the host that is not PGFILTER_OK or PGFILTER_NONE is to be passed on at once: the run has failed.
 *
 * This header is the binary promise.  pgfilter_host and pgfilter_rule begin with their size and only ever
 * grow at the end, the other structs stay as they are: a plug-in that was built with this header works with
 * every later pgfilter of the same PGFILTER_PLUGIN_ABI.  All functions of one rule are called by one thread
 * at a time, not always the same.
 *
 * An entry is known by its index, from 0, in the order of the archive.  Texts are bytes in the archive's
 * encoding and are not ended by a zero byte.
 */
#ifndef PGFILTER_PLUGIN_H
#define PGFILTER_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PGFILTER_PLUGIN_ABI 1

/* What a function came to.  To pgfilter, OK and NONE of a plug-in's function are the same. */
enum {
    PGFILTER_OK = 0,
    PGFILTER_NONE = 1,  /* there is no such thing: no further name, no such entry, nothing changed */
    PGFILTER_ERROR = -1 /* the run has failed; see pgfilter_host.fail */
};

/* Bytes that belong to somebody else.  A plug-in's must live until the call returns; the host's live until
 * the entry is changed, and no longer than the call of the plug-in's function.  `bytes` NULL: an archive's
 * NULL, which is not the empty text. */
typedef struct pgfilter_text {
    const char* bytes;
    size_t size;
} pgfilter_text;

/* Fields of an entry that are texts.  PostgreSQL's names for them stand in pg_backup_archiver.h (TocEntry).
 */
enum {
    PGFILTER_TABLE_OID = 0,
    PGFILTER_OID = 1,
    PGFILTER_TAG = 2,
    PGFILTER_DESC = 3, /* its kind: "TABLE", "ACL" */
    PGFILTER_DEFN = 4,
    PGFILTER_DROP_STMT = 5,
    PGFILTER_COPY_STMT = 6,
    PGFILTER_NAMESPACE = 7,
    PGFILTER_TABLESPACE = 8,
    PGFILTER_TABLEAM = 9,
    PGFILTER_OWNER = 10,
    PGFILTER_WITH_OIDS = 11
};

/* Fields that are numbers, or truths: 0 or 1. */
enum {
    PGFILTER_DUMP_ID = 0,
    PGFILTER_SECTION = 1, /* 1 none, 2 pre-data, 3 data, 4 post-data; 0 before archive version 1.11 */
    PGFILTER_RELKIND = 2, /* a letter of pg_class.relkind; 0 before 1.16 */
    PGFILTER_HAS_DATA = 3,
    PGFILTER_KEEPS_DATA = 4, /* it has data, and no rule has dropped that */
    PGFILTER_DROPPED = 5
};

/* What goes with an entry that is dropped. */
enum {
    /* Nothing: its object exists where the archive will be restored. */
    PGFILTER_ALONE = 0,
    /* What belongs to it, as its data, indexes, privileges and comments do.  What uses it is kept and
     * reported, unless --cascade takes it. */
    PGFILTER_WITH_PARTS = 1,
    /* What belongs to it and what uses it, and so on: all that hangs on it. */
    PGFILTER_WITH_DEPENDENTS = 2
};

/* text[begin] to text[end - 1] become `replacement`. */
typedef struct pgfilter_splice {
    size_t begin;
    size_t end;
    pgfilter_text replacement; /* not NULL */
} pgfilter_splice;

/* A name in a text: one identifier or several with dots between them, "app.users" or "app"."Users".  Its
 * texts live until the next call of next_name(). */
typedef struct pgfilter_name {
    size_t begin; /* of the whole, in the text */
    size_t end;
    pgfilter_text first; /* decoded: without quotes, and letters outside quotes in lower case */
    pgfilter_text last;  /* decoded; the same as `first` if it is one identifier */
    size_t identifiers;  /* how many they are */
    int32_t is_quoted;   /* whether any of them has quotes: else `last` can be a keyword */
} pgfilter_name;

/* How the SQL of the archive is to be read and written. */
typedef struct pgfilter_dialect {
    int32_t standard_conforming_strings; /* 0: a backslash escapes in '...', too */
    int32_t quotes_all_identifiers;      /* 1: pg_dump --quote-all-identifiers */
} pgfilter_dialect;

/* What the host knows of the plug-in's function that it is calling. */
typedef struct pgfilter_call pgfilter_call;

/* What a plug-in can do.  Members may be added at the end; an older pgfilter has a smaller `size`, and lacks
 * those that begin beyond it.
 * Where it does not say otherwise, a function returns PGFILTER_OK or PGFILTER_ERROR. */
typedef struct pgfilter_host {
    size_t size; /* of this struct */

    /* Ends the run with this message, and returns PGFILTER_ERROR.  It is shown after the plug-in's file, the
     * rule and the entry, so it needs to name none of them. */
    int (*fail)(pgfilter_call* call, pgfilter_text message);

    /* Everywhere but in open() and argument(): */

    /* The minor version of the archive format, 16 for 1.16. */
    int (*archive_version)(pgfilter_call* call, int32_t* minor);
    /* How its SQL is to be read and written. */
    int (*dialect)(pgfilter_call* call, pgfilter_dialect* dialect);
    /* The number of entries; dropped ones count. */
    int (*entry_count)(pgfilter_call* call, size_t* count);
    /* The entry with a dump ID.  PGFILTER_NONE if there is none, which occurs among dependencies. */
    int (*find)(pgfilter_call* call, int32_t dump_id, size_t* entry);
    /* A text as it is now, and as it was read. */
    int (*text)(pgfilter_call* call, size_t entry, int field, pgfilter_text* text);
    int (*original_text)(pgfilter_call* call, size_t entry, int field, pgfilter_text* text);
    /* A number, or a truth. */
    int (*number)(pgfilter_call* call, size_t entry, int field, int32_t* number);
    /* Dump IDs of what must be restored before it; some may not be in the archive.  They live until the next
     * call of this function. */
    int (*dependencies)(pgfilter_call* call, size_t entry, const int32_t** ids, size_t* count);

    /* The next name in a text at or after `from`, outside strings and comments, read in the archive's
     * dialect; go on from `end`.  Keywords are names, too.  PGFILTER_NONE if there is none. Reads the text
     * from its start each time `from` is less than in the call before, or the text is another. */
    int (*next_name)(pgfilter_call* call, pgfilter_text sql, size_t from, pgfilter_name* name);
    /* The name as an identifier, in double quotes where PostgreSQL needs them; as a string literal.  The
     * result lives until the next call of either function. */
    int (*quote_identifier)(pgfilter_call* call, pgfilter_text name, pgfilter_text* quoted);
    int (*quote_literal)(pgfilter_call* call, pgfilter_text text, pgfilter_text* quoted);

    /* In begin(), entry() and end() alone: */

    /* Gives a text another value, which is copied.  PGFILTER_NONE if it had that value, or the version of the
     * archive has no such field.  NULL is refused where no reader takes it: TABLE_OID, OID, TAG, DESC,
     * WITH_OIDS. */
    int (*set_text)(pgfilter_call* call, size_t entry, int field, pgfilter_text value);
    /* Replaces parts of a text that is not NULL, in the order of the text and without overlap.  PGFILTER_NONE
     * if nothing changes by it. */
    int (*splice)(pgfilter_call* call, size_t entry, int field, const pgfilter_splice* splices, size_t count);
    /* Leaves it out; what is left out already stays so.  `what` is PGFILTER_ALONE, PGFILTER_WITH_PARTS or
     * PGFILTER_WITH_DEPENDENTS. */
    int (*drop)(pgfilter_call* call, size_t entry, int what);
    /* Leaves out its data alone. */
    int (*drop_data)(pgfilter_call* call, size_t entry);
    /* An argument was found in that many places.  Arguments of all keys are counted together, from 0, in the
     * order in which they are given.  One that is found nowhere is reported as one that matched nothing,
     * whatever the rule does, and --strict refuses it: count those that say how the rule works, too. */
    int (*matched)(pgfilter_call* call, size_t argument, size_t places);

    /* In unhandled() alone: */

    /* Reports what the rule should have done in this entry and could not; `fails` is 1 if the entry cannot be
     * restored for it.  The reason is half a sentence: "names the role app in a string". */
    int (*report)(pgfilter_call* call, pgfilter_text reason, int fails);

    /* Everywhere but in open() and argument(): */

    /* The next statement in a text that begins at or after `from`: text[begin] is its first byte, and
     * text[end - 1] its last, the semicolon if it has one.  Go on from `end`.  Comments before and after it
     * do not belong to it.  PGFILTER_NONE if there is none.  Reads the text from its start as next_name()
     * does. */
    int (*next_statement)(pgfilter_call* call, pgfilter_text sql, size_t from, size_t* begin, size_t* end);

    /* In begin(), entry() and end() alone: */

    /* What must be restored before it from now on, in place of what was: dump IDs, none of them negative.
     * Dependencies on entries that are dropped are replaced when all rules have run. */
    int (*set_dependencies)(pgfilter_call* call, size_t entry, const int32_t* ids, size_t count);
} pgfilter_host;

/* A key that the rule takes, as in `NAME key=value`. */
typedef struct pgfilter_key {
    const char* name;  /* "pattern" */
    const char* value; /* what stands for the value in help: "PATTERN" */
} pgfilter_key;

/* The rule.  Strings end with a zero byte and, like the arrays, live as long as the shared object is loaded.
 */
typedef struct pgfilter_rule {
    size_t size; /* of this struct: sizeof(pgfilter_rule) */

    const char* name;         /* "drop-logs": small letters, digits and hyphens, 63 bytes at most */
    const char* summary;      /* what it does, in one line of 200 bytes at most */
    const pgfilter_key* keys; /* NULL if it takes no arguments; the first is that of values without a key */
    size_t key_count;
    const char* const* kinds; /* of the entries that it wants to see, "TABLE"; NULL: of all */
    size_t kind_count;
    /* The newest archive version that it was written for: 16 for 1.16.  A newer archive is refused, for
     * nobody knows what the rule makes of it, unless the user trusts the plug-in (--trust-plugin). */
    int32_t newest_version;

    /* Makes a rule: what it returns is passed to the other functions as `state`, and is all that the rule
     * keeps. NULL: it could not be made, see fail(). */
    void* (*open)(const pgfilter_host* host, pgfilter_call* call);
    /* Not needed without keys.  `key` is one of `keys`. */
    int (*argument)(void* state, const pgfilter_host* host, pgfilter_call* call, pgfilter_text key,
                    pgfilter_text value);
    /* Each of these four may be NULL. */
    int (*begin)(void* state, const pgfilter_host* host, pgfilter_call* call);
    int (*entry)(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry);
    int (*end)(void* state, const pgfilter_host* host, pgfilter_call* call);
    int (*unhandled)(void* state, const pgfilter_host* host, pgfilter_call* call, size_t entry);
    /* Gives back all that open() has made.  It cannot fail, and may be NULL. */
    void (*close)(void* state);
} pgfilter_rule;

#if defined(_WIN32)
#define PGFILTER_PLUGIN_EXPORT __declspec(dllexport)
#else
#define PGFILTER_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/* The one function that a plug-in exports.  `abi` is the PGFILTER_PLUGIN_ABI of the pgfilter that loads it;
 * NULL if the plug-in cannot work with that. */
PGFILTER_PLUGIN_EXPORT const pgfilter_rule* pgfilter_plugin(int abi);

#ifdef __cplusplus
}
#endif

#endif
