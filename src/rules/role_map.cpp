#include <map>

#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/role_places.hpp"
#include "sql/by_name.hpp"
#include "sql/role_names.hpp"

namespace pgfilter {
namespace {

class MapRole final : public EntryRule {
public:
    explicit MapRole(const std::vector<RuleArgument>& arguments)
        : mappings_(arguments), mentions_(old_names(mappings_)) {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const RuleArgument& mapping = arguments[i];
            check_role_name(mapping.key);
            check_new_role_name(mapping.value);
            const auto [same, fresh] = by_old_name_.emplace(mapping.key, i);
            if (!fresh && mappings_[same->second].value != mapping.value)
                throw Error(ErrorCode::usage, "role \"" + mapping.key + "\" is mapped to two names, \"" +
                                                  mappings_[same->second].value + "\" and \"" +
                                                  mapping.value + "\"");
        }
    }

    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        map_owner(context, entry);
        if (!names_roles(entry.kind())) return;
        if (entry.kind() == EntryKind::user_mapping) {
            map_tag(context, entry);
            map_sql(context, entry, Field::drop_stmt);
        }
        map_sql(context, entry, Field::defn);
    }

    // The names are looked for in the definition as it was read: in a swap, new names are old ones too.
    void find_unhandled(const Toc& /*toc*/, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        if (has_no_mentions(entry.kind())) return;
        const Bytes defn = entry.original_text(Field::defn).value_or("");
        const auto report = [&](std::size_t mapping, std::size_t count) {
            found({0, mapping, count, "in text that cannot be rewritten", {}, {}, false});
        };
        sql::count_mentions(defn, mentions_, names_roles(entry.kind()), dialect_, report);
    }

private:
    static std::vector<Bytes> old_names(const std::vector<RuleArgument>& arguments) {
        std::vector<Bytes> names;
        names.reserve(arguments.size());
        for (const RuleArgument& mapping : arguments) names.push_back(mapping.key);
        return names;
    }

    void map_owner(RuleContext& context, TocEntry& entry) {
        const Text owner = entry.owner();
        const auto found = owner ? by_old_name_.find(*owner) : by_old_name_.end();
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
        const auto renamed = [&](const std::function<void(Bytes)>& put) {
            places.clear();
            sql::replace_role_names(*text, dialect_, new_name, put);
        };
        context.set_text(entry, field, TextPieces(std::cref(renamed)));
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
    sql::NameSearch mentions_;
    sql::ByName<std::size_t> by_old_name_;
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
