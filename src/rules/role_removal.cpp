// Rules that remove roles: what is granted to, by and from them, and all else that cannot be done without
// them.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "archive/dialect.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/name_pattern.hpp"
#include "rules/role_places.hpp"
#include "sql/lexer.hpp"
#include "sql/by_name.hpp"
#include "sql/role_names.hpp"
#include "sql/role_statements.hpp"

namespace pgfilter {
namespace {

/// Which argument of which spec decides about a role.
struct Verdict {
    bool goes = false;
    std::uint16_t spec = 0;
    std::optional<std::uint32_t> argument = {};  // nothing: the role matches no argument of keep-roles
};

/// What the patterns say of each role.
class RolePatterns {
public:
    explicit RolePatterns(std::span<const RuleSpec> specs) {
        for (std::size_t spec = 0; spec < specs.size(); ++spec) {
            const bool keeps = specs[spec].name == "keep-roles";
            if (keeps && keeping_.empty()) keep_spec_ = static_cast<std::uint16_t>(spec);
            const std::size_t before = keeping_.size() + dropping_.size();
            for (std::size_t i = 0; i < specs[spec].arguments.size(); ++i) {
                const RuleArgument& argument = specs[spec].arguments[i];
                const bool excepts = argument.key == "except";
                (excepts ? excepting_
                 : keeps ? keeping_
                         : dropping_)
                    .push_back({NamePattern(argument.value, NamePattern::Parts::name),
                                {!keeps && !excepts, static_cast<std::uint16_t>(spec),
                                 static_cast<std::uint32_t>(i)}});
            }
            if (keeping_.size() + dropping_.size() == before)
                throw Error(ErrorCode::usage, specs[spec].name + " needs at least one pattern");
        }
    }

    Verdict about(Bytes role) {
        // Entries that follow each other often have the same owner.
        if (latest_ != nullptr && latest_->first == role) return latest_->second;
        const auto known = verdicts_.find(role);
        if (known != verdicts_.end()) {
            latest_ = &*known;
            return known->second;
        }
        const Verdict verdict = judge(role);
        if (role.size() > longest_known) return verdict;
        const std::ptrdiff_t size = room_for(role);
        if (size <= room_) {
            verdicts_.emplace(role, verdict);
            room_ -= size;
        } else if (verdict.goes) {
            forgotten_ = verdict.spec;
        }
        return verdict;
    }
    /// Verdicts take room in proportion to the archive.  That is enough for pg_dump's, which grant to one
    /// role at a time, so that each takes a statement.
    void set_room(const Toc& toc) {
        constexpr std::ptrdiff_t always = 5 << 19;
        constexpr std::ptrdiff_t entry = 96;  // what an entry takes besides its bytes, and a change of it
        std::ptrdiff_t size = 0;
        for (std::size_t i = 0; i < toc.size(); ++i)
            size += static_cast<std::ptrdiff_t>(toc[i].stored().size());
        const std::ptrdiff_t more = size + size / 2 - entry * static_cast<std::ptrdiff_t>(toc.size());
        room_ = always + std::max<std::ptrdiff_t>(more, 0);
    }
    /// For a text that is written again.
    void reserve(std::size_t size) { room_ -= static_cast<std::ptrdiff_t>(size); }
    /// A spec that lets roles go for which there was no room.
    [[nodiscard]] std::optional<std::size_t> forgotten() const { return forgotten_; }
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
    /// About the roles that were asked for, as far as there was room.
    [[nodiscard]] const sql::ByName<Verdict>& verdicts() const { return verdicts_; }

private:
    static constexpr std::size_t longest_known = 1000;  // longer than any server's roles

    /// With its verdict here, and with what finds it in a text.
    static std::ptrdiff_t room_for(Bytes role) {
        constexpr std::size_t always = 120;
        constexpr std::size_t spelling = 80;
        const bool is_word = std::all_of(role.begin(), role.end(), sql::is_identifier_byte);
        const std::size_t copies = is_word ? 1 : role.find_first_of("\"'") == Bytes::npos ? 2 : 4;
        return static_cast<std::ptrdiff_t>(always + (copies - 1) * spelling + copies * role.size());
    }

    struct Pattern {
        NamePattern pattern;
        Verdict verdict;
    };

    std::vector<Pattern> dropping_;
    std::vector<Pattern> excepting_;  // from what the same spec drops
    std::vector<Pattern> keeping_;
    std::uint16_t keep_spec_ = 0;
    std::ptrdiff_t room_ = 0;
    std::optional<std::size_t> forgotten_;
    sql::ByName<Verdict> verdicts_;
    const std::pair<const std::string, Verdict>* latest_ = nullptr;  // of them, asked about
};

class RemoveRoles final : public EntryRule {
public:
    explicit RemoveRoles(std::span<const RuleSpec> specs) : patterns_(specs) {}

    void begin(RuleContext& context) override {
        dialect_ = dialect_of(context.toc());
        patterns_.set_room(context.toc());
    }
    void visit(RuleContext& context, TocEntry& entry) override {
        remove_owner(context, entry);
        if (names_roles(entry.kind())) remove_from_sql(context, entry);
        if (entry.kind() == EntryKind::comment) drop_with_policy(context, entry);
    }
    void end(RuleContext& context) override {
        // Those that stand in front of their policies, as in no archive of pg_dump's.
        if (!policies_.empty())
            context.for_each_entry(EntryKind::comment,
                                   [&](TocEntry& entry, std::size_t) { drop_with_policy(context, entry); });
        for (const auto& [role, verdict] : patterns_.verdicts()) {
            if (verdict.goes) removed_.push_back(role);
        }
        std::sort(removed_.begin(), removed_.end());
        mentions_.emplace(removed_);
    }

    void find_unhandled(const Toc& /*toc*/, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        const EntryKind kind = entry.kind();
        if (has_no_mentions(kind)) return;
        const Bytes defn = entry.original_text(Field::defn).value_or("");
        if (is_routine(kind)) find_settings(defn, found);
        if (patterns_.forgotten() && !defn.empty())
            found({*patterns_.forgotten(),
                   std::nullopt,
                   1,
                   "may name dropped roles, of which the archive has more than can be looked for",
                   {},
                   {},
                   false});
        const auto report = [&](std::size_t role, std::size_t count) {
            std::string name(removed_[role]);
            const Verdict verdict = patterns_.judge(name);
            found({verdict.spec,
                   verdict.argument,
                   count,
                   "in text that cannot be rewritten",
                   std::move(name),
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
        const sql::LostGrantOptions lost_earlier = lost_before(entry);
        const sql::LostGrantOptions* const before = lost_earlier.empty() ? nullptr : &lost_earlier;
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
        if (!at_once) patterns_.reserve(defn.size());
        text_.clear();
        const auto put_text = [&](Bytes piece) { text_ += piece; };
        const sql::RoleTest goes(std::cref(test));
        const sql::Removal removal = at_once ? sql::remove_roles(defn, dialect_, goes, before, lost, put_text)
                                             : sql::check_role_removal(defn, dialect_, goes, before, lost);
        if (!lost.empty()) remember_lost(entry, lost);
        if (!removal.changed) return;
        if (removal.left == 0) {
            if (entry.kind() == EntryKind::policy) policies_.emplace(entry.dump_id(), spec.value_or(0));
            return context.drop(entry, spec.value_or(0));
        }
        if (at_once) {
            patterns_.reserve(text_.size());
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
    [[nodiscard]] sql::LostGrantOptions lost_before(const TocEntry& entry) const {
        sql::LostGrantOptions names;
        if (lost_.empty()) return names;
        for (const DumpId id : entry.dependencies()) {
            const auto found = lost_.find(id);
            if (found == lost_.end()) continue;
            for (Bytes rest = found->second; !rest.empty();) {
                const std::size_t size = rest.find('\0');
                names.emplace(rest.substr(0, size));
                rest.remove_prefix(size + 1);
            }
            break;
        }
        return names;
    }

    void remember_lost(const TocEntry& entry, const sql::LostGrantOptions& names) {
        std::string& text = lost_[entry.dump_id()];
        for (const std::string& name : names) text.append(name).push_back('\0');
    }

    void drop_with_policy(RuleContext& context, TocEntry& comment) {
        if (policies_.empty()) return;
        for (const DumpId id : comment.dependencies()) {
            const auto policy = policies_.find(id);
            if (policy != policies_.end()) context.drop(comment, policy->second);
        }
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
    std::string text_;                                  // what is left of a definition
    std::unordered_map<DumpId, std::string> lost_;      // grant options: names, by ACL entry
    std::unordered_map<DumpId, std::size_t> policies_;  // dropped ones, and due to which spec
    std::vector<Bytes> removed_;                        // roles, once the rule has been applied
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
