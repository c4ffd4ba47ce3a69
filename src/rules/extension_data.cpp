// SPDX-License-Identifier: PostgreSQL
// Rules about rows in tables that extensions have made.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "rules/builtin.hpp"
#include "rules/dependency_graph.hpp"
#include "rules/excepted_names.hpp"
#include "rules/rule_access.hpp"

namespace pgfilter {
namespace {

constexpr EntryKinds data = EntryKind::table_data | EntryKind::sequence_set | EntryKind::statistics_data;

/// Drops rows of tables that extensions have made, unless a spec of keep-extension-data is there.
class ExtensionData final : public Rule {
public:
    explicit ExtensionData(std::span<const RuleSpec> specs) : count_(specs.size()) {
        for (std::size_t i = 0; i < specs.size(); ++i) {
            const bool keeps = specs[i].name == "keep-extension-data";
            keeps_ = keeps_ || keeps;
            if (!keeps) wanted_.push_back({i, ExceptedNames(specs[i].arguments)});
        }
    }

    void apply(RuleContext& context) override {
        if (keeps_) wanted_.clear();
        // Only where there is such data does it take time to find out whose it is.
        for (std::size_t spec = 0; spec < count_; ++spec) {
            const auto is_of = [&](const Wanted& wanted) { return wanted.spec == spec; };
            if (std::none_of(wanted_.begin(), wanted_.end(), is_of)) context.matches_nothing_by_itself(spec);
        }
        if (wanted_.empty() || !has_extensions(context.toc())) return;
        std::vector<std::pair<std::size_t, std::size_t>> chosen;  // entry, spec
        const DependencyGraph& graph = RuleAccess::graph(context);
        std::map<const Makers::Index*, std::optional<std::size_t>> known;  // many share their candidates
        graph.for_each_foundling([&](std::size_t entry, Makers::Candidates makers) {
            if (!data.has(graph.kind(entry)) || context.entry(entry).dropped()) return;
            const auto [spec, fresh] = known.try_emplace(makers.data());
            if (fresh) spec->second = find_spec(context, makers);
            if (spec->second) chosen.emplace_back(entry, *spec->second);
        });
        for (const auto& [entry, spec] : chosen) context.drop(context.entry(entry), spec);
    }

private:
    struct Wanted {
        std::size_t spec;
        ExceptedNames exceptions;
    };

    static bool has_extensions(const Toc& toc) {
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (toc[i].kind() == EntryKind::extension && !toc[i].dropped()) return true;
        }
        return false;
    }

    /// Of those that ask for rows of these extensions to be left out.
    std::optional<std::size_t> find_spec(RuleContext& context, Makers::Candidates makers) const {
        for (const Wanted& wanted : wanted_) {
            if (is_wanted(context, wanted, makers)) return wanted.spec;
        }
        return std::nullopt;
    }

    /// What goes with an extension is none of the rule's business.
    static bool is_wanted(RuleContext& context, const Wanted& wanted, Makers::Candidates makers) {
        bool is_there = false;
        for (const Makers::Index maker : makers) {
            const TocEntry& extension = context.toc()[maker];
            is_there = is_there || !extension.dropped();
            if (wanted.exceptions.cover(context, extension.tag(), wanted.spec)) return false;
        }
        return is_there;
    }

    std::size_t count_;  // of specs
    bool keeps_ = false;
    std::vector<Wanted> wanted_;
};

}  // namespace

void add_extension_data_rules(RuleRegistry& registry) {
    const auto make = [](std::span<const RuleSpec> specs) { return std::make_unique<ExtensionData>(specs); };
    constexpr const char* family = "extension data";
    registry.add({"no-extension-data",
                  "drop rows in tables that extensions have created",
                  {{"except", "EXTENSION", true, RuleKey::Takes::pattern}},
                  family,
                  {},
                  Reach::none},
                 make);
    registry.add({"keep-extension-data",
                  "keep rows in tables that extensions have created, whatever no-extension-data says",
                  {},
                  family,
                  {},
                  Reach::none},
                 make);
}

}  // namespace pgfilter
