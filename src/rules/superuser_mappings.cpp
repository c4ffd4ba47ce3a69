// SPDX-License-Identifier: PostgreSQL
// The rule about user mappings that only superusers may create.
#include <memory>
#include <string>

#include "archive/dialect.hpp"
#include "rules/builtin.hpp"
#include "sql/quoting.hpp"
#include "sql/statement.hpp"

namespace pgfilter {
namespace {

/// Whether the cursor stands before an option, name and value, that postgres_fdw lets superusers alone set.
bool is_for_superusers(sql::StatementCursor& cursor, sql::Dialect dialect) {
    const sql::Token* const value = cursor.peek(1);
    if (value == nullptr || value->kind != sql::TokenKind::string) return false;
    const std::string name = sql::decode_identifier(*cursor.peek()).value_or("");
    if (name == "sslcert" || name == "sslkey") return true;
    // "true", "false", "on", "off" in any case: the server accepts nothing else.
    const std::string text = sql::decode_literal(*value, dialect).value_or("");
    return name == "password_required" && text.find_first_of("fF") != std::string::npos;
}

class NoSuperuserMappings final : public EntryRule {
public:
    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::user_mapping; }
    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        sql::StatementCursor cursor(entry.defn().value_or(""), dialect_);
        while (cursor.next_statement()) {
            for (; cursor.peek() != nullptr; cursor.advance()) {
                if (is_for_superusers(cursor, dialect_)) return context.drop(entry);
            }
        }
    }

private:
    sql::Dialect dialect_;
};

}  // namespace

void add_superuser_mapping_rule(RuleRegistry& registry) {
    add_plain_rule(registry, "no-superuser-mappings",
                   "drop user mappings with options that only superusers may set",
                   [] { return std::make_unique<NoSuperuserMappings>(); });
}

}  // namespace pgfilter
