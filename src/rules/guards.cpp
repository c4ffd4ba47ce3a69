// SPDX-License-Identifier: PostgreSQL
// Rules for archives from people who are not trusted.
#include <algorithm>

#include "archive/kind_facts.hpp"
#include "archive/suspicious_texts.hpp"
#include "archive/toc_access.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/kind_name.hpp"

namespace pgfilter {
namespace {

/// Refuses what check_archive() calls dangerous, but for the data, which passes unread.
class RejectSuspicious final : public Rule {
public:
    void apply(RuleContext& context) override { context.matches_nothing_by_itself(0); }

    void find_unhandled(const Toc& toc, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        TextJudge(toc).judge_texts(entry, [&](const SuspiciousText& text) {
            found({0, std::nullopt, 1, text.describe()});
        });
    }

    void refuse(const Prologue& prologue) const override {
        std::string first;
        std::string where;
        std::size_t count = 0;
        const auto add = [&](const SuspiciousText& text, const TocEntry* entry) {
            if (count++ > 0) return;
            first = text.describe();
            where = entry == nullptr ? "" : entry->label();
        };
        judge_texts(prologue.header, [&](const SuspiciousText& text) { add(text, nullptr); });
        const TextJudge judge(prologue.toc);
        for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
            const TocEntry& entry = prologue.toc[i];
            TocAccess::prefetch(prologue.toc, i + TocAccess::ahead);
            if (!entry.dropped())
                judge.judge_texts(entry, [&](const SuspiciousText& text) { add(text, &entry); });
        }
        if (count == 0) return;
        Error error(ErrorCode::refused,
                    "refused by reject-suspicious: " + first +
                        (count > 1 ? " (and " + std::to_string(count - 1) + " more)" : ""));
        throw where.empty() ? error : error.in_entry(where);
    }
};

/// Drops what is of another kind, and nothing for its sake.
class OnlyKinds final : public Rule {
public:
    explicit OnlyKinds(const RuleSpec& spec) {
        if (spec.arguments.empty()) throw Error(ErrorCode::usage, "only-kinds needs a kind");
        for (const RuleArgument& argument : spec.arguments) kinds_.emplace_back(argument.value);
    }

    void apply(RuleContext& context) override {
        // Without these the others would be read wrongly.
        std::vector<std::size_t> places(kinds_.size());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const std::size_t place = find(entry);
            if (place < kinds_.size()) {
                ++places[place];
            } else if (!session_kinds.has(entry.kind())) {
                context.drop(entry);
            }
        });
        bool misspelled = false;
        for (std::size_t i = 0; i < kinds_.size(); ++i) {
            context.matched_argument(i, places[i]);
            misspelled = misspelled || (places[i] == 0 && kinds_[i].kind() == EntryKind::other);
        }
        if (!misspelled) context.matches_nothing_by_itself(0);
    }

private:
    [[nodiscard]] std::size_t find(const TocEntry& entry) const {
        const auto found = std::find_if(kinds_.begin(), kinds_.end(),
                                        [&](const KindName& kind) { return kind.matches(entry); });
        return static_cast<std::size_t>(found - kinds_.begin());
    }

    std::vector<KindName> kinds_;
};

}  // namespace

void add_guard_rules(RuleRegistry& registry) {
    add_plain_rule(registry, "reject-suspicious",
                   "refuse an archive with texts that become commands in scripts or lists made of it",
                   [] { return std::make_unique<RejectSuspicious>(); });
    registry.add({"only-kinds", "drop all entries that are of none of these kinds", {{"kind", "KIND"}}},
                 [](std::span<const RuleSpec> specs) { return std::make_unique<OnlyKinds>(specs[0]); });
}

}  // namespace pgfilter
