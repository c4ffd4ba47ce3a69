// Rules that drop entries of certain kinds, with what hangs on them.
#include <algorithm>

#include "rules/builtin.hpp"
#include "rules/dialect.hpp"
#include "sql/definitions.hpp"
#include "sql/statement.hpp"

namespace pgfilter {
namespace {

using Words = std::vector<std::string_view>;

/// Whether the entry is the privileges, comment or security label of an object of that kind, given as
/// keywords. Decided by its SQL: tags differ between versions (up to PostgreSQL 10 a database's is its bare
/// name) and can be deceptive.
bool is_attached_to(const TocEntry& entry, const Words& kind, sql::Dialect dialect) {
    const Bytes desc = entry.desc();
    if (desc != "ACL" && desc != "COMMENT" && desc != "SECURITY LABEL") return false;
    return sql::is_on(entry.defn().value_or(""), kind, dialect);
}

class DropKinds final : public Rule {
public:
    /// `object`: whose attachments go too; empty if the entries have none.
    DropKinds(Words descs, Words object) : descs_(std::move(descs)), object_(std::move(object)) {}

    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const bool of_kind = std::find(descs_.begin(), descs_.end(), entry.desc()) != descs_.end();
            if (of_kind || (!object_.empty() && is_attached_to(entry, object_, dialect))) context.drop(entry);
        });
    }

private:
    Words descs_;
    Words object_;
};

class DropExtensionComments final : public Rule {
public:
    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            if (entry.desc() == "COMMENT" && is_attached_to(entry, {"extension"}, dialect))
                context.drop(entry);
        });
    }
};

/// initdb makes it.  Up to PostgreSQL 10 pg_dump creates it too; its comment and labels are its owner's, who
/// need not be that of the database.  Its privileges stay: pg_restore only warns of those that it may not
/// grant.
class NoPublicSchema final : public Rule {
public:
    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const Bytes desc = entry.desc();
            const bool is_schema = desc == "SCHEMA" && entry.tag() == "public";
            const bool is_attachable = desc == "COMMENT" || desc == "SECURITY LABEL";
            if (is_schema ||
                (is_attachable && sql::is_on_schema(entry.defn().value_or(""), "public", dialect)))
                context.drop(entry);
        });
    }
};

}  // namespace

void add_kind_rules(RuleRegistry& registry) {
    const auto add = [&](const char* name, const char* summary, const Words& descs, const Words& object,
                         std::vector<std::string> aliases = {}) {
        add_plain_rule(
            registry, name, summary, [=] { return std::make_unique<DropKinds>(descs, object); },
            std::move(aliases));
    };
    add("no-privileges", "drop privileges (GRANT, REVOKE, ALTER DEFAULT PRIVILEGES)",
        {"ACL", "ACL LANGUAGE", "DEFAULT ACL"}, {}, {"no-acl"});
    add("no-comments", "drop comments", {"COMMENT"}, {});
    add_plain_rule(registry, "no-extension-comments", "drop comments on extensions",
                   [] { return std::make_unique<DropExtensionComments>(); });
    add_plain_rule(registry, "no-public-schema", "drop schema public itself, and its comment and labels",
                   [] { return std::make_unique<NoPublicSchema>(); });
    add("no-security-labels", "drop security labels", {"SECURITY LABEL"}, {});
    // One BLOBS and perhaps one BLOB COMMENTS in archives 1.10 and 1.11, one BLOB for each object and one
    // BLOBS in 1.12 to 1.15, one BLOB METADATA and one BLOBS for each group of objects in 1.16.
    add("no-large-objects", "drop large objects with their data, privileges, comments and labels",
        {"BLOB", "BLOBS", "BLOB METADATA", "BLOB COMMENTS"}, {"large", "object"}, {"no-blobs"});
    add("no-create", "drop the database itself: CREATE DATABASE, its settings, privileges and comment",
        {"DATABASE", "DATABASE PROPERTIES"}, {"database"});
    add("no-policies", "drop row security policies, and do not enable row security",
        {"POLICY", "ROW SECURITY"}, {"policy"});
    add("no-publications", "drop publications with their members",
        {"PUBLICATION", "PUBLICATION TABLE", "PUBLICATION TABLES IN SCHEMA"}, {"publication"});
    add("no-subscriptions", "drop subscriptions", {"SUBSCRIPTION", "SUBSCRIPTION TABLE"}, {"subscription"});
    add("no-event-triggers", "drop event triggers", {"EVENT TRIGGER"}, {"event", "trigger"});
    add("no-statistics", "drop optimizer statistics", {"STATISTICS DATA", "EXTENDED STATISTICS DATA"}, {});
}

}  // namespace pgfilter
