#include <unordered_map>

#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/dialect.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {
namespace {

/// Entries whose SQL names roles as roles.
bool has_role_names(Bytes desc) {
    return desc == "ACL" || desc == "ACL LANGUAGE" || desc == "DEFAULT ACL" || desc == "POLICY" ||
           desc == "USER MAPPING" || desc == "DATABASE PROPERTIES" || desc == "SCHEMA" ||
           desc == "FUNCTION" || desc == "PROCEDURE";
}

/// Entries whose SQL cannot mention a role in a body, an expression or an option: it consists of names alone,
/// of text for people, or of data.
bool has_no_mentions(Bytes desc) {
    return desc == "ACL" || desc == "ACL LANGUAGE" || desc == "DEFAULT ACL" || desc == "COMMENT" ||
           desc == "SECURITY LABEL" || desc == "SEQUENCE SET" || desc == "STATISTICS DATA" ||
           desc == "EXTENDED STATISTICS DATA" || desc == "BLOB" || desc == "BLOB METADATA" ||
           desc == "ENCODING" || desc == "STDSTRINGS" || desc == "SEARCHPATH";
}

/// NAMEDATALEN - 1 (pg_config_manual.h).
constexpr std::size_t longest_name = 63;

class MapRole final : public Rule {
public:
    explicit MapRole(const std::vector<RuleArgument>& arguments) : mappings_(arguments) {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const RuleArgument& mapping = arguments[i];
            check_name(mapping.key);
            check_name(mapping.value);
            if (mapping.value.size() > longest_name)
                throw Error(ErrorCode::usage, "role name \"" + mapping.value + "\" is longer than " +
                                                  std::to_string(longest_name) +
                                                  " bytes: PostgreSQL would cut it");
            const auto [same, fresh] = by_old_name_.emplace(mapping.key, i);
            if (!fresh && mappings_[same->second].value != mapping.value)
                throw Error(ErrorCode::usage, "role \"" + mapping.key + "\" is mapped to two names, \"" +
                                                  mappings_[same->second].value + "\" and \"" +
                                                  mapping.value + "\"");
        }
    }

    void apply(RuleContext& context) override {
        dialect_ = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t index) { map(context, entry, index); });
    }

private:
    static void check_name(const std::string& name) {
        if (name.empty()) throw Error(ErrorCode::usage, "a role's name cannot be empty");
        if (name == "public" || name == "none")
            throw Error(ErrorCode::usage, "\"" + name + "\" is not a role: PostgreSQL reserves the name");
        if (name.find('\0') != std::string::npos)
            throw Error(ErrorCode::usage, "a role's name cannot contain a zero byte");
    }

    void map(RuleContext& context, TocEntry& entry, std::size_t index) {
        if (context.details()) report_mentions(context, entry, index);
        map_owner(context, entry);
        if (!has_role_names(entry.desc())) return;
        if (entry.desc() == "USER MAPPING") {
            map_tag(context, entry);
            map_sql(context, entry, Field::drop_stmt);
        }
        map_sql(context, entry, Field::defn);
    }

    void map_owner(RuleContext& context, TocEntry& entry) {
        const Text owner = entry.owner();
        const auto found = owner ? by_old_name_.find(std::string(*owner)) : by_old_name_.end();
        if (found == by_old_name_.end()) return;
        context.set_text(entry, Field::owner, mappings_[found->second].value);
        context.matched_argument(found->second, 1);
    }

    void map_sql(RuleContext& context, TocEntry& entry, Field field) {
        const Text text = entry.text(field);
        if (!text) return;
        std::vector<sql::RoleName> mapped;
        std::vector<std::string> new_names;
        for (sql::RoleName& name : sql::find_role_names(*text, dialect_)) {
            const auto found = by_old_name_.find(name.name);
            if (found == by_old_name_.end()) continue;
            context.matched_argument(found->second, 1);
            new_names.push_back(mappings_[found->second].value);
            mapped.push_back(std::move(name));
        }
        if (!mapped.empty())
            context.set_text(entry, field, sql::replace_role_names(*text, mapped, new_names, dialect_));
    }

    // "USER MAPPING role SERVER server", both names raw; the definition says where the role ends.
    void map_tag(RuleContext& context, TocEntry& entry) {
        const auto names = sql::find_role_names(entry.defn().value_or(""), dialect_);
        if (names.size() != 1) return;
        const auto found = by_old_name_.find(names[0].name);
        const std::string prefix = "USER MAPPING ";
        const std::string old_start = prefix + names[0].name + " SERVER ";
        if (found == by_old_name_.end() || !entry.tag().starts_with(old_start)) return;
        const Bytes server = entry.tag().substr(old_start.size());
        const std::string& new_name = mappings_[found->second].value;
        context.set_text(entry, Field::tag, prefix + new_name + " SERVER " + std::string(server));
        context.matched_argument(found->second, 1);
    }

    // Before anything is renamed: in a swap, new names are old ones too.
    void report_mentions(RuleContext& context, const TocEntry& entry, std::size_t index) {
        if (has_no_mentions(entry.desc())) return;
        const Bytes defn = entry.defn().value_or("");
        const auto known = has_role_names(entry.desc()) ? sql::find_role_names(defn, dialect_)
                                                        : std::vector<sql::RoleName>();
        for (std::size_t i = 0; i < mappings_.size(); ++i) {
            const std::size_t count = sql::count_mentions(defn, mappings_[i].key, known, dialect_);
            if (count > 0) context.unhandled({index, i, count});
        }
    }

    std::vector<RuleArgument> mappings_;
    std::unordered_map<std::string, std::size_t> by_old_name_;
    sql::Dialect dialect_;
};

}  // namespace

void add_role_rules(RuleRegistry& registry) {
    registry.add("map-role", [](const std::vector<RuleArgument>& arguments) {
        if (arguments.empty()) throw Error(ErrorCode::usage, "map-role needs at least one OLD=NEW");
        return std::make_unique<MapRole>(arguments);
    });
}

}  // namespace pgfilter
