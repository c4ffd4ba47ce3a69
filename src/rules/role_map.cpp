#include <map>
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
        for (const RuleArgument& mapping : arguments) old_names_.push_back(mapping.key);
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
        context.for_each_entry([&](TocEntry& entry, std::size_t) { map(context, entry); });
    }

    // The names are looked for in the definition as it was read: in a swap, new names are old ones too.
    void find_unhandled(const Toc& /*toc*/, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        if (has_no_mentions(entry.desc())) return;
        const Bytes defn = entry.original_text(Field::defn).value_or("");
        const auto report = [&](std::size_t mapping, std::size_t count) {
            found({0, mapping, count, "in text that cannot be rewritten"});
        };
        sql::count_mentions(defn, old_names_, has_role_names(entry.desc()), dialect_, report);
    }

private:
    static void check_name(const std::string& name) {
        if (name.empty()) throw Error(ErrorCode::usage, "a role's name cannot be empty");
        if (name == "public" || name == "none")
            throw Error(ErrorCode::usage, "\"" + name + "\" is not a role: PostgreSQL reserves the name");
        if (name.find('\0') != std::string::npos)
            throw Error(ErrorCode::usage, "a role's name cannot contain a zero byte");
    }

    void map(RuleContext& context, TocEntry& entry) {
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
        std::map<std::size_t, std::size_t> places;
        const auto new_name = [&](const sql::RoleName& old) -> const std::string* {
            const auto found = by_old_name_.find(old.name);
            if (found == by_old_name_.end()) return nullptr;
            ++places[found->second];
            return &mappings_[found->second].value;
        };
        context.set_text(entry, field, [&](const std::function<void(Bytes)>& put) {
            places.clear();
            sql::replace_role_names(*text, dialect_, new_name, put);
        });
        for (const auto& [mapping, count] : places) context.matched_argument(mapping, count);
    }

    // "USER MAPPING role SERVER server", both names raw; the definition says where the role ends.
    void map_tag(RuleContext& context, TocEntry& entry) {
        std::optional<std::string> role;
        std::size_t roles = 0;
        sql::find_role_names(entry.defn().value_or(""), dialect_, [&](const sql::RoleName& name) {
            ++roles;
            role = name.name;
        });
        if (roles != 1) return;
        const auto found = by_old_name_.find(*role);
        const std::string prefix = "USER MAPPING ";
        const std::string old_start = prefix + *role + " SERVER ";
        if (found == by_old_name_.end() || !entry.tag().starts_with(old_start)) return;
        const Bytes server = entry.tag().substr(old_start.size());
        const std::string& new_name = mappings_[found->second].value;
        context.set_text(entry, Field::tag, prefix + new_name + " SERVER " + std::string(server));
        context.matched_argument(found->second, 1);
    }

    std::vector<RuleArgument> mappings_;
    std::vector<std::string> old_names_;
    std::unordered_map<std::string, std::size_t> by_old_name_;
    sql::Dialect dialect_;
};

}  // namespace

void add_role_rules(RuleRegistry& registry) {
    registry.add(
        {"map-role", "rename roles wherever the archive names them as roles, all at once", {{"", "NEW"}}},
        [](std::span<const RuleSpec> specs) {
            if (specs[0].arguments.empty())
                throw Error(ErrorCode::usage, "map-role needs at least one OLD=NEW");
            return std::make_unique<MapRole>(specs[0].arguments);
        });
}

}  // namespace pgfilter
