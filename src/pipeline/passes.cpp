// SPDX-License-Identifier: PostgreSQL
#include "pipeline/passes.hpp"

#include <array>
#include <deque>

#include "archive/toc_access.hpp"
#include "rules/rule_access.hpp"

namespace pgfilter {
namespace {

/// Rules that see one entry after the other: each entry all of them, while it is near at hand.
class Pass {
public:
    Pass(Plan& plan, Closure& closure) : plan_(plan), closure_(closure) {}

    /// Behind those that are in it already.
    void add(EntryRule& rule, const std::vector<std::size_t>& specs) {
        members_.push_back({rule, RuleAccess::context(plan_.prologue, plan_.reports, specs, closure_)});
        const EntryKinds kinds = rule.kinds();
        sees_all_ = sees_all_ || kinds.has(EntryKind::other);
        for (std::size_t kind = 0; kind < interested_.size(); ++kind) {
            if (kinds.has(static_cast<EntryKind>(kind))) interested_[kind].push_back(&members_.back());
        }
    }

    void run() {
        if (members_.empty()) return;
        for (Member& member : members_) member.rule.begin(member.context);
        Toc& toc = plan_.prologue.toc;
        for (std::size_t i = 0, size = toc.size(); i < size; ++i) {
            if (sees_all_) TocAccess::prefetch(toc, i + TocAccess::ahead);
            visit(toc[i]);
        }
        for (Member& member : members_) member.rule.end(member.context);
    }

private:
    struct Member {
        EntryRule& rule;
        RuleContext context;
    };

    void visit(TocEntry& entry) {
        for (Member* const member : interested_[static_cast<std::size_t>(entry.kind())]) {
            if (entry.dropped()) return;
            member->rule.visit(member->context, entry);
        }
    }

    Plan& plan_;
    Closure& closure_;
    std::deque<Member> members_;
    std::array<std::vector<Member*>, entry_kinds> interested_;  // by kind
    bool sees_all_ = false;                                     // or nearly all of the entries
};

}  // namespace

void apply_rules(Plan& plan, Closure& closure) {
    for (auto next = plan.rules.begin(); next != plan.rules.end();) {
        Pass pass(plan, closure);
        bool is_open = true;
        for (; is_open && next != plan.rules.end(); ++next) {
            auto* const rule = dynamic_cast<EntryRule*>(next->rule.get());
            if (rule == nullptr) break;
            pass.add(*rule, next->specs);
            is_open = !rule->waits_for_end();
        }
        pass.run();
        if (!is_open || next == plan.rules.end()) continue;
        RuleContext context = RuleAccess::context(plan.prologue, plan.reports, next->specs, closure);
        next->rule->apply(context);
        ++next;
    }
}

}  // namespace pgfilter
