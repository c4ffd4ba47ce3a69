// SPDX-License-Identifier: PostgreSQL
// Rules that drop entries of certain kinds, with their privileges, comments and security labels.  Nothing
// else goes with them: what others depend on is dropped by a rule of exclude_wanted.hpp.
#include <algorithm>
#include <array>
#include <set>

#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "archive/toc_access.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/name_pattern.hpp"
#include "rules/builtin.hpp"
#include "rules/configuration_tables.hpp"
#include "rules/definition.hpp"
#include "sql/definitions.hpp"
#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter {
namespace {

/// Kinds of objects whose attachments go with them.
enum class Object : std::uint8_t {
    database,
    event_trigger,
    extension,
    large_object,
    policy,
    publication,
    subscription
};

template <class... Keywords>
constexpr std::array<std::string_view, sizeof...(Keywords)> words(Keywords... keywords) {
    return {keywords...};
}
constexpr auto database = words("database");
constexpr auto event_trigger = words("event", "trigger");
constexpr auto extension = words("extension");
constexpr auto large_object = words("large", "object");
constexpr auto language_words = words("language");
constexpr auto policy = words("policy");
constexpr auto publication = words("publication");
constexpr auto subscription = words("subscription");

// In the order of Object.
constexpr std::array<sql::Words, 7> keywords{database, event_trigger, extension,   large_object,
                                             policy,   publication,   subscription};
static_assert(keywords.size() < 8, "a byte remembers them, and whether it does");

/// Whether the entry is the privileges, comment or security label of such an object.  Decided by its SQL:
/// tags differ between versions (up to PostgreSQL 10 a database's is its bare name) and can be deceptive.
///
/// Several rules ask that of the same entries, so the answer stays with the entry.  REQUIRES: the entry is an
/// attachment.
bool is_attached_to(TocEntry& entry, Object object, sql::Dialect dialect) {
    constexpr unsigned known = 1U << keywords.size();
    if (TocAccess::cached(entry) == 0) {
        const unsigned objects = sql::find_objects(entry.defn().value_or(""), keywords, dialect);
        TocAccess::cache(entry, static_cast<std::uint8_t>(known | objects));
    }
    return (TocAccess::cached(entry) & (1U << static_cast<unsigned>(object))) != 0;
}

class DropKinds final : public EntryRule {
public:
    /// `object`: whose attachments go too.
    DropKinds(EntryKinds dropped, std::optional<Object> object, EntryKinds attached)
        : dropped_(dropped), object_(object), attached_(attached) {}

    [[nodiscard]] EntryKinds kinds() const override { return object_ ? dropped_ | attached_ : dropped_; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        if (dropped_.has(entry.kind()) || is_attached_to(entry, *object_, dialect_)) context.drop(entry);
    }

private:
    EntryKinds dropped_;
    std::optional<Object> object_;
    EntryKinds attached_;
    sql::Dialect dialect_;
};

/// initdb makes it.  Up to PostgreSQL 10 pg_dump creates it too; its comment and labels are its owner's, who
/// need not be that of the database.  Its privileges stay: pg_restore only warns of those that it may not
/// grant.
class NoPublicSchema final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override {
        return EntryKind::schema | EntryKind::comment | EntryKind::security_label;
    }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const bool goes = entry.kind() == EntryKind::schema
                              ? entry.tag() == "public"
                              : sql::is_on_schema(entry.defn().value_or(""), "public", dialect_);
        if (goes) context.drop(entry);
    }

private:
    sql::Dialect dialect_;
};

/// Schemas that scripts of extensions in the archive make.  Some have an entry, as if they were the user's.
class ScriptSchemas {
public:
    void find(const Toc& toc) {
        dialect_ = dialect_of(toc);
        extensions_.clear();
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].kind() == EntryKind::extension && tables_of(toc[i].tag()) == OwnTables::listed)
                extensions_.insert(toc[i].tag());
        }
    }

    /// Whether privileges or a comment are of such a schema.
    [[nodiscard]] bool are_subject_of(const TocEntry& attachment) const {
        constexpr Bytes kind = "SCHEMA ";
        const Bytes tag = attachment.tag();
        if (extensions_.empty() || !tag.starts_with(kind)) return false;
        const Bytes name = tag.substr(kind.size());
        const auto makes_it = [&](Bytes maker) { return is_schema_of_script(maker, name); };
        return std::any_of(extensions_.begin(), extensions_.end(), makes_it) &&
               sql::is_on_schema(attachment.defn().value_or(""), name, dialect_);
    }

private:
    std::set<Bytes> extensions_;  // those that are known to make schemas, so that there are not many
    sql::Dialect dialect_;
};

/// The role that made the extension beforehand owns what it made.
class NoExtensionComments final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::comment; }
    void begin(RuleContext& context) override {
        dialect_ = dialect_of(context.toc());
        schemas_.find(context.toc());
    }
    void visit(RuleContext& context, TocEntry& entry) override {
        if (is_attached_to(entry, Object::extension, dialect_) || schemas_.are_subject_of(entry))
            context.drop(entry);
    }

private:
    ScriptSchemas schemas_;
    sql::Dialect dialect_;
};

/// What every server has made already.  Up to PostgreSQL 9.0 pg_dump creates the language, and with 8.0 its
/// functions, too.  Its privileges stay: pg_restore only warns of those that it may not grant.
class NoStandardLanguage final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override {
        return EntryKind::procedural_language | EntryKind::function | attachments;
    }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        const bool goes = attachments.has(entry.kind()) ? is_attached(context.toc(), entry)
                                                        : is_of_standard_language(entry, dialect_);
        if (goes) context.drop(entry);
    }

private:
    [[nodiscard]] bool is_attached(const Toc& toc, const TocEntry& entry) const {
        const std::vector<DumpId> ids = entry.dependencies();
        return std::any_of(ids.begin(), ids.end(), [&](DumpId id) {
            const auto index = toc.find(id);
            if (!index || !is_of_standard_language(toc[*index], dialect_)) return false;
            return entry.kind() != EntryKind::acl || toc[*index].kind() == EntryKind::function;
        });
    }

    sql::Dialect dialect_;
};

/// What only a superuser can give: privileges on objects of the server and of extensions, which have no entry
/// of their own, and default privileges of the roles that PostgreSQL brings along, which need membership.
/// Schema public, the database and large objects are the user's, whether or not they have an entry.
class NoSystemPrivileges final : public EntryRule {
public:
    explicit NoSystemPrivileges(const std::vector<RuleArgument>& arguments) {
        for (const RuleArgument& argument : arguments)
            exceptions_.emplace_back(argument.value, NamePattern::Parts::name);
    }

    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::acl | EntryKind::default_acl; }
    void begin(RuleContext& context) override {
        dialect_ = dialect_of(context.toc());
        schemas_.find(context.toc());
    }
    void visit(RuleContext& context, TocEntry& entry) override {
        const bool goes = entry.kind() == EntryKind::acl ? is_on_foreign_object(context.toc(), entry)
                                                         : is_of_predefined_role(context, entry);
        if (goes) context.drop(entry);
    }

private:
    static bool is_system_schema(Bytes schema) {
        return schema == "pg_catalog" || schema == "information_schema";
    }

    [[nodiscard]] bool is_on_foreign_object(const Toc& toc, const TocEntry& entry) const {
        if (is_system_schema(entry.namespace_().value_or(""))) return true;
        if (schemas_.are_subject_of(entry)) return true;
        if (has_object(toc, entry)) return false;
        constexpr std::array<sql::Words, 3> own{database, large_object, language_words};
        const Bytes defn = entry.defn().value_or("");
        if (sql::find_objects(defn, own, dialect_) != 0) return false;
        // Every other schema that has no entry is made by an extension.
        return !sql::is_on_schema(defn, "public", dialect_);
    }

    /// Whether the archive makes what is granted on.  Privileges of columns depend on those of the table,
    /// which says nothing.
    static bool has_object(const Toc& toc, const TocEntry& entry) {
        const std::vector<DumpId> ids = entry.dependencies();
        return std::any_of(ids.begin(), ids.end(), [&](DumpId id) {
            const auto index = toc.find(id);
            return index && toc[*index].kind() != EntryKind::acl &&
                   toc[*index].kind() != EntryKind::extension;
        });
    }

    [[nodiscard]] bool is_of_predefined_role(RuleContext& context, const TocEntry& entry) const {
        sql::StatementCursor cursor(entry.defn().value_or(""), dialect_);
        if (!cursor.next_statement() || !cursor.at_words({"alter", "default", "privileges", "for", "role"}))
            return false;
        const sql::Token* const token = cursor.peek(5);
        const std::string role = token == nullptr ? "" : sql::decode_identifier(*token).value_or("");
        if (!role.starts_with("pg_")) return false;
        bool is_kept = false;
        for (std::size_t i = 0; i < exceptions_.size(); ++i) {
            if (!exceptions_[i].matches(role)) continue;
            context.matched_argument(i, 1);
            is_kept = true;
        }
        return !is_kept;
    }

    std::vector<NamePattern> exceptions_;  // roles that the user is a member of
    ScriptSchemas schemas_;
    sql::Dialect dialect_;
};

/// Says which rules of targets are left out (combine_rules()), and so does nothing by itself.
class KeepKind final : public Rule {
public:
    explicit KeepKind(const RuleSpec& spec) {
        if (spec.arguments.empty()) throw Error(ErrorCode::usage, "keep-kind needs a KIND");
    }
    void apply(RuleContext& context) override { context.matches_nothing_by_itself(0); }
};

}  // namespace

void add_kind_rules(RuleRegistry& registry) {
    using K = EntryKind;
    const auto add = [&](const char* name, const char* summary, EntryKinds dropped,
                         std::optional<Object> object = {}, EntryKinds attached = attachments,
                         std::vector<std::string> aliases = {}) {
        add_plain_rule(
            registry, name, summary, [=] { return std::make_unique<DropKinds>(dropped, object, attached); },
            std::move(aliases));
    };
    add("no-privileges", "drop privileges (GRANT, REVOKE, ALTER DEFAULT PRIVILEGES)", privileges, {}, {},
        {"no-acl"});
    registry.add({"keep-kind",
                  "keep entries of a kind: rules of targets that drop such are left out",
                  {{"kind", "KIND"}},
                  {},
                  {},
                  Reach::none},
                 [](std::span<const RuleSpec> specs) { return std::make_unique<KeepKind>(specs.front()); });
    add("no-comments", "drop comments", K::comment);
    add_plain_rule(registry, "no-extension-comments",
                   "drop comments on extensions, and on schemas that their scripts create",
                   [] { return std::make_unique<NoExtensionComments>(); });
    add_plain_rule(registry, "no-public-schema", "drop schema public itself, and its comment and labels",
                   [] { return std::make_unique<NoPublicSchema>(); });
    add_plain_rule(registry, "no-standard-language",
                   "drop the language plpgsql itself, with its comment; functions in it stay",
                   [] { return std::make_unique<NoStandardLanguage>(); });
    registry.add(
        {"no-system-privileges",
         "drop privileges on what the server or an extension owns, and default privileges of pg_* roles",
         {{"except", "PATTERN", true, RuleKey::Takes::pattern}},
         {},
         {},
         Reach::none},
        [](std::span<const RuleSpec> specs) {
            return std::make_unique<NoSystemPrivileges>(specs.front().arguments);
        });
    add("no-security-labels", "drop security labels", K::security_label);
    // One BLOBS and perhaps one BLOB COMMENTS in archives 1.10 and 1.11, one BLOB for each object and one
    // BLOBS in 1.12 to 1.15, one BLOB METADATA and one BLOBS for each group of objects in 1.16.
    add("no-large-objects", "drop large objects with their data, privileges, comments and labels",
        kinds_with(trait::large_object), Object::large_object, attachments, {"no-blobs"});
    add("no-create", "drop the database itself: CREATE DATABASE, its settings, privileges and comment",
        kinds_with(trait::database), Object::database);
    add("no-policies", "drop row security policies, and do not enable row security",
        K::policy | K::row_security, Object::policy);
    add("no-publications", "drop publications with their members",
        K::publication | K::publication_table | K::publication_tables_in_schema, Object::publication);
    add("no-subscriptions", "drop subscriptions", K::subscription | K::subscription_table,
        Object::subscription);
    add("no-event-triggers", "drop event triggers", K::event_trigger, Object::event_trigger);
    add("no-statistics", "drop optimizer statistics", statistics_with_values);
}

}  // namespace pgfilter
