#include "sql/role_statements.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "sql/statement_walk.hpp"

namespace pgfilter::sql {
namespace {

RoleName name_of(const RoleItem& item) {
    return {item.position, item.end - item.position, *item.name, item.is_literal, item.use};
}

class RoleRemover {
public:
    RoleRemover(Dialect dialect, const RoleTest& goes, const PackedNames* before, StatementWriter& writer)
        : dialect_(dialect), goes_(goes), before_(before), writer_(writer) {}

    StatementFacts look(StatementCursor& cursor) {
        counts_ = {};
        options_.clear();
        grantor_.reset();
        gone_.clear();
        return find_roles(cursor, dialect_, [&](const RoleItem& item) { note(item); });
    }

    void decide(const StatementFacts& facts, const StatementCursor& cursor) {
        if (facts.kind == StatementKind::reset_session_authorization) return writer_.close();
        if (facts.kind == StatementKind::set_session_authorization)
            return writer_.open(loses_statement(facts.kind));
        const bool removed = writer_.removing() || loses_statement(facts.kind);
        if (facts.with_grant_option) note_grant_options(removed);
        if (removed) return writer_.remove();
        writer_.keep();
        if (loses_names()) cut_names(cursor);
    }

    LostGrantOptions take_lost() { return std::move(lost_); }

private:
    // pg_dump grants to one role at a time.
    static constexpr std::size_t longest_list = 100;

    struct Count {
        std::size_t kept = 0;
        std::size_t gone = 0;
    };

    Count& count(RoleUse use) { return counts_.at(static_cast<std::size_t>(use)); }

    void note(const RoleItem& item) {
        const bool gone = item.name && goes_(name_of(item));
        gone_.push_back(gone);
        ++(gone ? count(item.use).gone : count(item.use).kept);
        if (gone || !item.name) return;
        if (item.use == RoleUse::grantor) grantor_ = item.name;
        if (item.use == RoleUse::grantee && options_.size() < longest_list) options_.push_back(*item.name);
    }

    bool loses_statement(StatementKind kind) {
        if (grantor_ && has_lost(*grantor_)) return true;
        for (std::size_t use = 0; use < counts_.size(); ++use) {
            const bool stays =
                static_cast<RoleUse>(use) == RoleUse::schema ||
                (static_cast<RoleUse>(use) == RoleUse::setting && kind == StatementKind::routine);
            if (counts_.at(use).gone > 0 && counts_.at(use).kept == 0 && !stays) return true;
        }
        return false;
    }

    bool loses_names() {
        for (const RoleUse use : {RoleUse::grantee, RoleUse::default_privileges, RoleUse::policy}) {
            if (count(use).gone > 0) return true;
        }
        return count(RoleUse::schema).gone > 0;
    }

    [[nodiscard]] bool has_lost(const std::string& name) const {
        return !held_.contains(name) &&
               (lost_.contains(name) || (before_ != nullptr && before_->contains(name)));
    }

    // Statements of a grantor come after those that gave it the grant options.
    void note_grant_options(bool removed) {
        for (std::string& name : options_) {
            if (!removed) {
                lost_.erase(name);
                held_.insert(std::move(name));
            } else if (!held_.contains(name)) {
                lost_.insert(std::move(name));
            }
        }
    }

    // With the first name of a list the comma after it is removed, with others the one before.
    void cut_names(StatementCursor cursor) {
        bool kept = false;
        std::size_t previous_end = 0;
        std::size_t number = 0;
        find_roles(cursor, dialect_, [&](const RoleItem& item) {
            const bool gone = gone_[number++];
            if (item.use == RoleUse::setting) return;
            if (item.begins_list) kept = false;
            if (gone) {
                writer_.cut(item.begins_list ? item.begin : previous_end, item.end);
            } else if (!item.begins_list && !kept) {
                writer_.cut(previous_end, item.begin);
            }
            kept = kept || !gone;
            previous_end = item.end;
        });
    }

    Dialect dialect_;
    const RoleTest& goes_;
    const PackedNames* before_;
    LostGrantOptions lost_;
    LostGrantOptions held_;
    StatementWriter& writer_;
    std::array<Count, 8> counts_{};
    std::vector<std::string> options_;  // kept grantees
    std::optional<std::string> grantor_;
    std::vector<bool> gone_;  // of the statement's names, in their order
};

}  // namespace

void PackedNames::add(const LostGrantOptions& names) {
    std::vector<std::string_view> sorted(names.begin(), names.end());
    for (std::string_view rest = names_; !rest.empty();) {
        const std::size_t size = rest.find('\0');
        if (!names.contains(rest.substr(0, size))) sorted.push_back(rest.substr(0, size));
        rest.remove_prefix(size + 1);
    }
    std::sort(sorted.begin(), sorted.end());
    std::string packed;
    for (const std::string_view name : sorted) packed.append(name).append(1, '\0');
    names_ = std::move(packed);
}

bool PackedNames::contains(std::string_view name) const {
    std::size_t low = 0;
    for (std::size_t high = names_.size(); low < high;) {
        const std::size_t middle = low + (high - low) / 2;
        const std::size_t zero = middle == 0 ? std::string::npos : names_.rfind('\0', middle - 1);
        const std::size_t begin = zero == std::string::npos ? 0 : zero + 1;
        const std::string_view found(names_.data() + begin, names_.find('\0', begin) - begin);
        if (found == name) return true;
        if (found < name) {
            low = begin + found.size() + 1;
        } else {
            high = begin;
        }
    }
    return false;
}

Removal remove_roles(std::string_view sql, Dialect dialect, const RoleTest& goes, const PackedNames* before,
                     LostGrantOptions& lost) {
    StatementWriter writer(sql);
    RoleRemover remover(dialect, goes, before, writer);
    Removal removal = walk_statements(
        sql, dialect, writer, [&](StatementCursor& cursor) { return remover.look(cursor); },
        [&](const StatementFacts& facts, const StatementCursor& cursor) { remover.decide(facts, cursor); });
    lost = remover.take_lost();
    return removal;
}

Removal remove_grants(std::string_view sql, Dialect dialect) {
    StatementWriter writer(sql);
    const auto look = [&](StatementCursor& cursor) { return find_roles(cursor, dialect, nullptr); };
    return walk_statements(sql, dialect, writer, look,
                           [&](const StatementFacts& facts, const StatementCursor&) {
                               switch (facts.kind) {
                                   case StatementKind::grant:
                                       return writer.remove();
                                   case StatementKind::set_session_authorization:
                                       return writer.open(false);
                                   case StatementKind::reset_session_authorization:
                                       return writer.close();
                                   default:
                                       return writer.keep();
                               }
                           });
}

Removal remove_grantors(std::string_view sql, Dialect dialect) {
    StatementWriter writer(sql);
    const auto look = [&](StatementCursor& cursor) { return find_roles(cursor, dialect, nullptr); };
    return walk_statements(sql, dialect, writer, look,
                           [&](const StatementFacts& facts, const StatementCursor&) {
                               if (facts.kind == StatementKind::set_session_authorization ||
                                   facts.kind == StatementKind::reset_session_authorization)
                                   writer.remove();
                               else
                                   writer.keep();
                           });
}

}  // namespace pgfilter::sql
