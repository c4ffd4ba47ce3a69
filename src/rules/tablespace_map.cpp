// SPDX-License-Identifier: PostgreSQL
#include <map>

#include "archive/dialect.hpp"
#include "archive/kind_facts.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "sql/by_name.hpp"
#include "sql/tablespace_names.hpp"

namespace pgfilter {
namespace {

constexpr Bytes standard = "pg_default";

class MapTablespace final : public EntryRule {
public:
    explicit MapTablespace(const std::vector<RuleArgument>& arguments) : mappings_(arguments) {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const RuleArgument& mapping = arguments[i];
            check_name(mapping.key);
            check_name(mapping.value);
            maps_to_standard_ = maps_to_standard_ || mapping.value == standard;
            const auto [same, fresh] = by_old_name_.emplace(mapping.key, i);
            if (!fresh && mappings_[same->second].value != mapping.value)
                throw Error(ErrorCode::usage,
                            "tablespace \"" + mapping.key + "\" is mapped to two names, \"" +
                                mappings_[same->second].value + "\" and \"" + mapping.value + "\"");
        }
    }

    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        if (with_tablespace_names.has(entry.kind())) map_sql(context, entry);
        if (!waits_for_end()) map_field(context, entry, false);
    }
    void end(RuleContext& context) override {
        if (!waits_for_end()) return;
        const bool is_default = database_is_in_standard(context.toc(), dialect_);
        context.for_each_entry([&](TocEntry& entry, std::size_t) { map_field(context, entry, is_default); });
    }
    /// What pg_default is called in the entries depends on the tablespace of the database.
    [[nodiscard]] bool waits_for_end() const override { return maps_to_standard_; }

private:
    static void check_name(const std::string& name) {
        constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1 (pg_config_manual.h)
        if (name.empty()) throw Error(ErrorCode::usage, "a tablespace's name cannot be empty");
        if (name.find('\0') != std::string::npos)
            throw Error(ErrorCode::usage, "a tablespace's name cannot contain a zero byte");
        if (name.size() > longest_name)
            throw Error(ErrorCode::usage, "tablespace name \"" + name + "\" is longer than " +
                                              std::to_string(longest_name) +
                                              " bytes: PostgreSQL would cut it");
    }

    /// Whether the database that the archive creates, if it does, is in pg_default.
    static bool database_is_in_standard(const Toc& toc, sql::Dialect dialect) {
        bool is_there = true;
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].kind() != EntryKind::database || toc[i].dropped()) continue;
            const auto see = [&](const std::string& name) -> const std::string* {
                is_there = is_there && name == standard;
                return nullptr;
            };
            sql::replace_tablespace_names(toc[i].defn().value_or(""), dialect, see);
        }
        return is_there;
    }

    // As pg_dump writes it, the database's own tablespace is "": SET default_tablespace = pg_default would
    // make CREATE TABLE … PARTITION BY fail where that is the database's (GetDefaultTablespace in
    // tablespace.c).
    void map_field(RuleContext& context, TocEntry& entry, bool standard_is_default) {
        const Text old = entry.text(Field::tablespace);
        const auto found = old ? by_old_name_.find(*old) : by_old_name_.end();
        if (found == by_old_name_.end()) return;
        const Bytes name = mappings_[found->second].value;
        context.set_text(entry, Field::tablespace,
                         Text(name == standard && standard_is_default ? Bytes("") : name));
        context.matched_argument(found->second, 1);
    }

    void map_sql(RuleContext& context, TocEntry& entry) {
        const Text defn = entry.defn();
        if (!defn) return;
        std::map<std::size_t, std::size_t> places;
        const auto new_name = [&](const std::string& old) -> const std::string* {
            const auto found = by_old_name_.find(old);
            if (found == by_old_name_.end()) return nullptr;
            ++places[found->second];
            return &mappings_[found->second].value;
        };
        context.edit_text(entry, Field::defn, sql::replace_tablespace_names(*defn, dialect_, new_name));
        for (const auto& [mapping, count] : places) context.matched_argument(mapping, count);
    }

    std::vector<RuleArgument> mappings_;
    sql::ByName<std::size_t> by_old_name_;
    bool maps_to_standard_ = false;
    sql::Dialect dialect_;
};

}  // namespace

void add_tablespace_rules(RuleRegistry& registry) {
    registry.add(
        {"map-tablespace", "rename tablespaces, all at once", {{"", "NEW", false, RuleKey::Takes::new_name}}},
        [](std::span<const RuleSpec> specs) {
            if (specs[0].arguments.empty())
                throw Error(ErrorCode::usage, "map-tablespace needs at least one OLD=NEW");
            return std::make_unique<MapTablespace>(specs[0].arguments);
        });
}

}  // namespace pgfilter
