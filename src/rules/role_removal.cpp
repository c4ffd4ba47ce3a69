// Rules that remove roles: what is granted to, by and from them, and all else that cannot be done without
// them.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/dialect.hpp"
#include "rules/name_pattern.hpp"
#include "rules/role_places.hpp"
#include "sql/name_hash.hpp"
#include "sql/role_names.hpp"
#include "sql/role_statements.hpp"

namespace pgfilter {
namespace {

/// Which argument of which spec decides about a role.
struct Verdict {
    bool goes = false;
    std::size_t spec = 0;
    std::optional<std::size_t> argument = {};  // nothing: the role matches no argument of keep-roles
};

/// What the patterns say of each role.
class RolePatterns {
public:
    explicit RolePatterns(std::span<const RuleSpec> specs) {
        for (std::size_t spec = 0; spec < specs.size(); ++spec) {
            const bool keeps = specs[spec].name == "keep-roles";
            if (keeps && keeping_.empty()) keep_spec_ = spec;
            const std::size_t before = keeping_.size() + dropping_.size();
            for (std::size_t i = 0; i < specs[spec].arguments.size(); ++i) {
                const RuleArgument& argument = specs[spec].arguments[i];
                const bool excepts = argument.key == "except";
                (excepts ? excepting_
                 : keeps ? keeping_
                         : dropping_)
                    .push_back({NamePattern(argument.value, NamePattern::Parts::name),
                                {!keeps && !excepts, spec, i}});
            }
            if (keeping_.size() + dropping_.size() == before)
                throw Error(ErrorCode::usage, specs[spec].name + " needs at least one pattern");
        }
    }

    Verdict about(Bytes role) {
        const auto known = verdicts_.find(role);
        if (known != verdicts_.end()) return known->second;
        const Verdict verdict = judge(role);
        if (verdicts_.size() < most_known && role.size() <= longest_known) verdicts_.emplace(role, verdict);
        return verdict;
    }
    [[nodiscard]] Verdict judge(Bytes role) const {
        const auto matches = [&](const Pattern& pattern) { return pattern.pattern.matches(role); };
        const auto excepted = [&](std::size_t spec) {
            return std::find_if(excepting_.begin(), excepting_.end(), [&](const Pattern& pattern) {
                return pattern.verdict.spec == spec && matches(pattern);
            });
        };
        Verdict stays;
        for (const Pattern& drop : dropping_) {
            if (!matches(drop)) continue;
            const auto exception = excepted(drop.verdict.spec);
            if (exception == excepting_.end()) return drop.verdict;
            stays = exception->verdict;
        }
        if (keeping_.empty()) return stays;
        const auto keep = std::find_if(keeping_.begin(), keeping_.end(), matches);
        return keep != keeping_.end() ? keep->verdict : Verdict{true, keep_spec_, std::nullopt};
    }
    /// About the roles that were asked for, up to a number that no server has.
    [[nodiscard]] const sql::ByName<Verdict>& verdicts() const { return verdicts_; }

private:
    static constexpr std::size_t most_known = 200'000;
    static constexpr std::size_t longest_known = 1000;  // longer than any server's roles

    struct Pattern {
        NamePattern pattern;
        Verdict verdict;
    };

    std::vector<Pattern> dropping_;
    std::vector<Pattern> excepting_;  // from what the same spec drops
    std::vector<Pattern> keeping_;
    std::size_t keep_spec_ = 0;
    sql::ByName<Verdict> verdicts_;
};

class RemoveRoles final : public EntryRule {
public:
    explicit RemoveRoles(std::span<const RuleSpec> specs) : patterns_(specs) {}

    void begin(RuleContext& context) override { dialect_ = dialect_of(context.toc()); }
    void visit(RuleContext& context, TocEntry& entry) override {
        remove_owner(context, entry);
        if (names_roles(entry.kind())) remove_from_sql(context, entry);
    }
    void end(RuleContext& context) override {
        drop_comments_of_policies(context);
        for (const auto& [role, verdict] : patterns_.verdicts()) {
            if (verdict.goes) removed_.push_back(role);
        }
        std::sort(removed_.begin(), removed_.end());
        mentions_.emplace(removed_);
    }
    [[nodiscard]] bool waits_for_end() const override { return true; }  // for the comments of policies

    void find_unhandled(const Toc& /*toc*/, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        const EntryKind kind = entry.kind();
        if (has_no_mentions(kind)) return;
        const Bytes defn = entry.original_text(Field::defn).value_or("");
        if (is_routine(kind)) find_settings(defn, found);
        const auto report = [&](std::size_t role, std::size_t count) {
            const Verdict& verdict = patterns_.verdicts().at(removed_[role]);
            found({verdict.spec,
                   verdict.argument,
                   count,
                   "in text that cannot be rewritten",
                   removed_[role],
                   {},
                   false});
        };
        sql::count_mentions(defn, *mentions_, names_roles(kind), dialect_, report);
    }

private:
    static bool is_routine(EntryKind kind) {
        return kind == EntryKind::function || kind == EntryKind::procedure;
    }

    /// Counts the place for the argument that decides.
    Verdict judge(RuleContext& context, Bytes role) {
        const Verdict verdict = patterns_.about(role);
        if (verdict.argument) context.matched_argument(*verdict.argument, 1, verdict.spec);
        return verdict;
    }

    void remove_owner(RuleContext& context, TocEntry& entry) {
        const Text owner = entry.owner();
        if (!owner || owner->empty()) return;
        const Verdict verdict = judge(context, *owner);
        if (verdict.goes) clear_owner(context, entry, verdict.spec);
    }

    void remove_from_sql(RuleContext& context, TocEntry& entry) {
        const Bytes defn = entry.defn().value_or("");
        const sql::LostGrantOptions* const before = lost_before(entry);
        sql::LostGrantOptions lost;
        std::optional<std::size_t> spec;
        const auto test = [&](const sql::RoleName& name) {
            const Verdict verdict = judge(context, name.name);
            if (verdict.goes && !spec) spec = verdict.spec;
            return verdict.goes;
        };
        // Most texts are small, and reading them takes longer than copying them.
        constexpr std::size_t small = 64 * 1024;
        const bool at_once = defn.size() <= small;
        text_.clear();
        const auto put_text = [&](Bytes piece) { text_ += piece; };
        const sql::Removal removal = at_once ? sql::remove_roles(defn, dialect_, test, before, lost, put_text)
                                             : sql::check_role_removal(defn, dialect_, test, before, lost);
        if (!lost.empty()) lost_.emplace(entry.dump_id(), std::move(lost));
        if (!removal.changed) return;
        if (removal.left == 0) {
            if (entry.kind() == EntryKind::policy) policies_.emplace(entry.dump_id(), spec.value_or(0));
            return context.drop(entry, spec.value_or(0));
        }
        if (at_once) {
            context.set_text(entry, Field::defn, Text(text_), spec.value_or(0));
            return;
        }
        const auto known = [&](const sql::RoleName& name) { return patterns_.about(name.name).goes; };
        const auto pieces = [&](const std::function<void(Bytes)>& put) {
            sql::LostGrantOptions again;
            sql::remove_roles(defn, dialect_, known, before, again, put);
        };
        context.set_text(entry, Field::defn, pieces, spec.value_or(0));
    }

    // A column's privileges depend on its table's, whose grant options hold for columns too.
    [[nodiscard]] const sql::LostGrantOptions* lost_before(const TocEntry& entry) const {
        if (lost_.empty()) return nullptr;
        for (const DumpId id : entry.dependencies()) {
            const auto found = lost_.find(id);
            if (found != lost_.end()) return &found->second;
        }
        return nullptr;
    }

    void drop_comments_of_policies(RuleContext& context) {
        if (policies_.empty()) return;
        context.for_each_entry(EntryKind::comment, [&](TocEntry& entry, std::size_t) {
            for (const DumpId id : entry.dependencies()) {
                const auto policy = policies_.find(id);
                if (policy != policies_.end()) context.drop(entry, policy->second);
            }
        });
    }

    // Without SET role the routine would run with its caller's privileges; with it, the call fails.
    void find_settings(Bytes defn, const std::function<void(const Unhandled&)>& found) const {
        sql::find_role_names(defn, dialect_, [&](const sql::RoleName& name) {
            const Verdict verdict = patterns_.judge(name.name);
            if (verdict.goes)
                found({verdict.spec,
                       verdict.argument,
                       1,
                       "as the role that the routine runs as: calls will fail",
                       name.name,
                       {},
                       false});
        });
    }

    RolePatterns patterns_;
    sql::Dialect dialect_;
    std::string text_;                                        // what is left of a definition
    std::unordered_map<DumpId, sql::LostGrantOptions> lost_;  // by ACL entry
    std::unordered_map<DumpId, std::size_t> policies_;        // dropped ones, and due to which spec
    std::vector<std::string> removed_;                        // roles, once the rule has been applied
    std::optional<sql::NameSearch> mentions_;
};

}  // namespace

void add_role_removal_rules(RuleRegistry& registry) {
    const std::string family = "removed roles";
    const auto make = [](std::span<const RuleSpec> specs) { return std::make_unique<RemoveRoles>(specs); };
    registry.add({"drop-role",
                  "drop roles: what is granted to, by and from them, their policies, settings and ownership",
                  {{"pattern", "PATTERN"}, {"except", "PATTERN"}},
                  family},
                 make);
    registry.add({"keep-roles", "drop all roles but those that match", {{"pattern", "PATTERN"}}, family},
                 make);
}

}  // namespace pgfilter
