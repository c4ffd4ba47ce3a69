// SPDX-License-Identifier: PostgreSQL
// pgfilter-rules(5).
#include <utility>

#include "manual/markdown.hpp"
#include "manual/pages.hpp"

namespace pgfilter::manual {
namespace {

constexpr Setting docs_of_rules{"docs/", "pgfilter-rules"};

/// "no-tablespaces [except=NAME ...]".
Roff usage_of(const RuleInfo& rule) {
    Roff usage = bold(rule.name);
    for (const RuleKey& key : rule.keys) {
        const Roff name = key.name.empty() ? italic("OLD") : bold(key.name);
        const Roff value = plain("=") + italic(key.value);
        usage += plain(" ");
        if (key.name.empty()) {
            usage += name + value + plain(" ...");
        } else if (key.is_required) {
            usage += plain("[") + name + value + plain(" ...]");
        } else {
            usage += plain("[") + name + plain("=]") + italic(key.value) + plain(" ...");
        }
    }
    return usage;
}

void add_overview(Page& page, const RuleRegistry& registry) {
    page.section("Rules");
    for (const RuleInfo* const rule : registry.all()) {
        std::vector<Roff> tags{usage_of(*rule)};
        for (const std::string& alias : rule->aliases) tags.push_back(bold(alias));
        page.tagged(tags, prose(rule->summary));
    }
}

}  // namespace

std::string rules_page(const ReadSource& read, const Edition& edition, const RuleRegistry& registry) {
    const std::vector<Block> rules = read_markdown(read("docs/rules.md"));
    Page page("pgfilter-rules", "5", "File Formats",
              "rules that change a PostgreSQL dump, and files of such rules", edition);
    page.section("Description");
    add_blocks(page, beginning_of(read_markdown(read("docs/rule-files.md")), 2), 0, docs_of_rules);
    page.section("Patterns");
    add_blocks(page, beginning_of(read_markdown(read("docs/patterns.md")), 2), 0, docs_of_rules);
    add_overview(page, registry);
    page.section("The rules one by one");
    add_blocks(page, {rules.begin() + 1, rules.end()}, 1, docs_of_rules);
    page.section("See also");
    page.paragraph(reference("pgfilter", "1") + plain(", ") + reference("pgfilter-plugin", "3"));
    return page.text();
}

}  // namespace pgfilter::manual
