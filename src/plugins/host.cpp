// SPDX-License-Identifier: PostgreSQL
#include "plugins/host.hpp"

#include <array>
#include <limits>
#include <new>
#include <span>
#include <utility>

#include "bytes/harmless.hpp"
#include "pgfilter/archive.hpp"
#include "pgfilter/sql.hpp"
#include "sql/quoting.hpp"

namespace pgfilter {
namespace {

using Phase = pgfilter_call::Phase;

/// A text is an archive's, which has no room for more: ReadStr() in pg_backup_archiver.c takes an int.
constexpr std::size_t longest_text = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t most_splices = 1U << 24U;
constexpr std::size_t most_dependencies = 1U << 24U;

constexpr std::array<Field, 12> text_fields{
    Field::table_oid, Field::oid,        Field::tag,        Field::desc,    Field::defn,  Field::drop_stmt,
    Field::copy_stmt, Field::namespace_, Field::tablespace, Field::tableam, Field::owner, Field::with_oids};

/// What ends the run.  The rule adds its name, and that of the entry.
Error misuse(const std::string& what) {
    return {ErrorCode::refused, what};
}

/// Does the work for the plug-in, if this call is allowed to ask for it.  What goes wrong is kept until the
/// plug-in has returned, for no exception can pass through C.
template <class Work>
int serve(pgfilter_call* call, const char* function, bool is_allowed, Work work) noexcept {
    if (call == nullptr || call->fault) return PGFILTER_ERROR;
    try {
        if (!is_allowed)
            throw misuse(std::string("it calls ") + function + "() " +
                         (call->phase == Phase::idle ? std::string("after its function has returned")
                                                     : "in " + std::string(call->function) + "()"));
        return work();
    } catch (const Error& error) {
        call->fault = error;
    } catch (const ContractError& error) {
        // It names a call of the library.
        const std::string_view what = error.what();
        const std::size_t name = what.find("(): ");
        call->fault = misuse(std::string(function) + "(): " +
                             std::string(name == std::string_view::npos ? what : what.substr(name + 4)));
    } catch (const std::bad_alloc&) {
        call->fault.emplace(ErrorCode::limit, "out of memory");
    }
    return PGFILTER_ERROR;
}

/// In what phases there is an archive.
bool reads(const pgfilter_call* call) {
    return call != nullptr && call->toc != nullptr;
}

bool edits(const pgfilter_call* call) {
    return call != nullptr && call->phase == Phase::applying;
}

Bytes checked(pgfilter_text text, const char* what) {
    if (text.size > longest_text)
        throw misuse(std::string(what) + " of " + std::to_string(text.size) +
                     " bytes is longer than a text can be");
    if (text.bytes == nullptr && text.size > 0)
        throw misuse(std::string(what) + " is NULL and has " + std::to_string(text.size) + " bytes");
    return {text.bytes, text.size};
}

Bytes not_null(pgfilter_text text, const char* what) {
    const Bytes bytes = checked(text, what);
    if (text.bytes == nullptr) throw misuse(std::string(what) + " is NULL");
    return bytes;
}

template <class Result>
Result& checked_result(Result* result) {
    if (result == nullptr) throw misuse("it gives NULL for the place of a result");
    return *result;
}

std::size_t checked_entry(const Toc& toc, std::size_t entry) {
    if (entry >= toc.size())
        throw misuse("it asks for entry number " + std::to_string(entry) + " of " +
                     std::to_string(toc.size()));
    return entry;
}

Field checked_field(int field) {
    if (field < 0 || static_cast<std::size_t>(field) >= text_fields.size())
        throw misuse(std::to_string(field) + " is no field that is a text");
    return text_fields.at(static_cast<std::size_t>(field));
}

pgfilter_text view(Bytes bytes) {
    return {bytes.data() == nullptr ? "" : bytes.data(), bytes.size()};
}

pgfilter_text view(const Text& text) {
    return text ? view(*text) : pgfilter_text{nullptr, 0};
}

const sql::Dialect& dialect_for(pgfilter_call& call) {
    if (!call.dialect) call.dialect = dialect_of(*call.toc);
    return *call.dialect;
}

// ------------------------------------------------------------------------------------ what can be asked

int fail(pgfilter_call* call, pgfilter_text message) {
    return serve(call, "fail", call != nullptr && call->phase != Phase::idle,
                 [&]() -> int { throw misuse(harmless(std::string(not_null(message, "its message")))); });
}

int archive_version(pgfilter_call* call, std::int32_t* minor) {
    return serve(call, "archive_version", reads(call), [&] {
        checked_result(minor) = call->toc->layout().version.minor;
        return PGFILTER_OK;
    });
}

int dialect(pgfilter_call* call, pgfilter_dialect* dialect) {
    return serve(call, "dialect", reads(call), [&] {
        const sql::Dialect& of = dialect_for(*call);
        checked_result(dialect) = {of.standard_conforming_strings ? 1 : 0, of.quotes_all_identifiers ? 1 : 0};
        return PGFILTER_OK;
    });
}

int entry_count(pgfilter_call* call, std::size_t* count) {
    return serve(call, "entry_count", reads(call), [&] {
        checked_result(count) = call->toc->size();
        return PGFILTER_OK;
    });
}

int find(pgfilter_call* call, std::int32_t dump_id, std::size_t* entry) {
    return serve(call, "find", reads(call), [&] {
        const auto found = call->toc->find(dump_id);
        if (!found) return PGFILTER_NONE;
        checked_result(entry) = *found;
        return PGFILTER_OK;
    });
}

int text(pgfilter_call* call, std::size_t entry, int field, pgfilter_text* text) {
    return serve(call, "text", reads(call), [&] {
        const TocEntry& of = (*call->toc)[checked_entry(*call->toc, entry)];
        checked_result(text) = view(of.text(checked_field(field)));
        return PGFILTER_OK;
    });
}

int original_text(pgfilter_call* call, std::size_t entry, int field, pgfilter_text* text) {
    return serve(call, "original_text", reads(call), [&] {
        const TocEntry& of = (*call->toc)[checked_entry(*call->toc, entry)];
        checked_result(text) = view(of.original_text(checked_field(field)));
        return PGFILTER_OK;
    });
}

std::int32_t number_of(const TocEntry& entry, int field) {
    switch (field) {
        case PGFILTER_DUMP_ID:
            return entry.dump_id();
        case PGFILTER_SECTION:
            return entry.number(Field::section);
        case PGFILTER_RELKIND:
            return entry.number(Field::relkind);
        case PGFILTER_HAS_DATA:
            return entry.has_data() ? 1 : 0;
        case PGFILTER_KEEPS_DATA:
            return entry.keeps_data() ? 1 : 0;
        case PGFILTER_DROPPED:
            return entry.dropped() ? 1 : 0;
        default:
            throw misuse(std::to_string(field) + " is no field that is a number");
    }
}

int number(pgfilter_call* call, std::size_t entry, int field, std::int32_t* number) {
    return serve(call, "number", reads(call), [&] {
        checked_result(number) = number_of((*call->toc)[checked_entry(*call->toc, entry)], field);
        return PGFILTER_OK;
    });
}

int dependencies(pgfilter_call* call, std::size_t entry, const std::int32_t** ids, std::size_t* count) {
    return serve(call, "dependencies", reads(call), [&] {
        (*call->toc)[checked_entry(*call->toc, entry)].dependencies(call->dependencies);
        checked_result(ids) = call->dependencies.data();
        checked_result(count) = call->dependencies.size();
        return PGFILTER_OK;
    });
}

Bytes checked_sql(pgfilter_text sql, std::size_t from, const std::string& function) {
    const Bytes text = not_null(sql, ("the text of " + function).c_str());
    if (from > text.size())
        throw misuse(function + " is to begin at " + std::to_string(from) + " of a text of " +
                     std::to_string(text.size()) + " bytes");
    return text;
}

int next_name(pgfilter_call* call, pgfilter_text sql, std::size_t from, pgfilter_name* name) {
    return serve(call, "next_name", reads(call), [&] {
        const Bytes text = checked_sql(sql, from, "next_name()");
        const auto* const found = call->names.next(text, from, dialect_for(*call));
        if (found == nullptr) return PGFILTER_NONE;
        checked_result(name) = {found->begin,
                                found->end,
                                view(Bytes(found->first)),
                                view(Bytes(found->last)),
                                found->identifiers,
                                found->is_quoted ? 1 : 0};
        return PGFILTER_OK;
    });
}

int next_statement(pgfilter_call* call, pgfilter_text sql, std::size_t from, std::size_t* begin,
                   std::size_t* end) {
    return serve(call, "next_statement", reads(call), [&] {
        const Bytes text = checked_sql(sql, from, "next_statement()");
        const auto found = call->statements.next(text, from, dialect_for(*call));
        if (!found) return PGFILTER_NONE;
        checked_result(begin) = found->begin;
        checked_result(end) = found->end;
        return PGFILTER_OK;
    });
}

int quote_identifier(pgfilter_call* call, pgfilter_text name, pgfilter_text* quoted) {
    return serve(call, "quote_identifier", reads(call), [&] {
        // In the place of nothing, so that the dialect alone decides.
        call->quoted = sql::quote_identifier_at(not_null(name, "the name of quote_identifier()"), {}, 0, 0,
                                                dialect_for(*call));
        checked_result(quoted) = view(Bytes(call->quoted));
        return PGFILTER_OK;
    });
}

int quote_literal(pgfilter_call* call, pgfilter_text text, pgfilter_text* quoted) {
    return serve(call, "quote_literal", reads(call), [&] {
        call->quoted = sql::quote_literal(not_null(text, "the text of quote_literal()"), dialect_for(*call));
        checked_result(quoted) = view(Bytes(call->quoted));
        return PGFILTER_OK;
    });
}

// ------------------------------------------------------------------------------------ what can be done

TocEntry& editable(const pgfilter_call& call, std::size_t entry) {
    return call.context->entry(checked_entry(*call.toc, entry));
}

int set_text(pgfilter_call* call, std::size_t entry, int field, pgfilter_text value) {
    return serve(call, "set_text", edits(call), [&] {
        const Bytes bytes = checked(value, "the value of set_text()");
        const Text text = value.bytes == nullptr ? Text() : Text(bytes);
        return call->context->set_text(editable(*call, entry), checked_field(field), text) ? PGFILTER_OK
                                                                                           : PGFILTER_NONE;
    });
}

int splice(pgfilter_call* call, std::size_t entry, int field, const pgfilter_splice* splices,
           std::size_t count) {
    return serve(call, "splice", edits(call), [&] {
        if (count > most_splices || (count > 0 && splices == nullptr))
            throw misuse("it gives " + std::to_string(count) + " splices, and has no such list");
        TocEntry& of = editable(*call, entry);
        const Field which = checked_field(field);
        if (!of.text(which)) throw misuse("splice() is to change a text that is NULL");
        Splices all;
        for (const pgfilter_splice& one : std::span(splices, count))
            all.replace(one.begin, one.end, not_null(one.replacement, "the replacement of a splice"));
        return call->context->edit_text(of, which, all) ? PGFILTER_OK : PGFILTER_NONE;
    });
}

int drop(pgfilter_call* call, std::size_t entry, int what) {
    return serve(call, "drop", edits(call), [&] {
        constexpr std::array reaches{Reach::none, Reach::object, Reach::dependents};
        if (what < 0 || static_cast<std::size_t>(what) >= reaches.size())
            throw misuse(std::to_string(what) + " does not say what is to be dropped with an entry");
        call->context->drop(editable(*call, entry), reaches.at(static_cast<std::size_t>(what)));
        return PGFILTER_OK;
    });
}

int drop_data(pgfilter_call* call, std::size_t entry) {
    return serve(call, "drop_data", edits(call), [&] {
        call->context->drop_data(editable(*call, entry));
        return PGFILTER_OK;
    });
}

int set_dependencies(pgfilter_call* call, std::size_t entry, const std::int32_t* ids, std::size_t count) {
    return serve(call, "set_dependencies", edits(call), [&] {
        if (count > most_dependencies || (count > 0 && ids == nullptr))
            throw misuse("it gives " + std::to_string(count) + " dependencies, and has no such list");
        call->context->set_dependencies(editable(*call, entry), {ids, ids + count});
        return PGFILTER_OK;
    });
}

int matched(pgfilter_call* call, std::size_t argument, std::size_t places) {
    return serve(call, "matched", edits(call), [&] {
        if (argument >= call->arguments)
            throw misuse("it has found argument " + std::to_string(argument) + " of " +
                         std::to_string(call->arguments));
        call->context->matched_argument(argument, places);
        return PGFILTER_OK;
    });
}

int report(pgfilter_call* call, pgfilter_text reason, int fails) {
    return serve(call, "report", call != nullptr && call->phase == Phase::asking, [&] {
        Unhandled unhandled;
        unhandled.reason = harmless(std::string(not_null(reason, "the reason of report()")));
        unhandled.fails = fails != 0;
        (*call->found)(unhandled);
        return PGFILTER_OK;
    });
}

constexpr pgfilter_host host{sizeof(pgfilter_host),
                             fail,
                             archive_version,
                             dialect,
                             entry_count,
                             find,
                             text,
                             original_text,
                             number,
                             dependencies,
                             next_name,
                             quote_identifier,
                             quote_literal,
                             set_text,
                             splice,
                             drop,
                             drop_data,
                             matched,
                             report,
                             next_statement,
                             set_dependencies};

}  // namespace

const pgfilter_host& plugin_host() noexcept {
    return host;
}

}  // namespace pgfilter
