// SPDX-License-Identifier: PostgreSQL
// A rule of one's own: drops the tables whose names match a regular expression, with all that hangs on them.
//
//     own_rule '(app|audit)\.log_[0-9]+' in.dump out.dump
//
// The expression is compared with "schema.name" as a whole.
#include <iostream>
#include <regex>

#include "pgfilter/error.hpp"
#include "pgfilter/files.hpp"
#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "pgfilter/wrapped.hpp"

namespace {

using namespace pgfilter;

class DropMatchingTables final : public EntryRule {
public:
    explicit DropMatchingTables(const std::string& expression) : expression_(expression) {}

    [[nodiscard]] EntryKinds kinds() const override { return EntryKind::table | EntryKind::foreign_table; }

    void visit(RuleContext& context, TocEntry& entry) override {
        const std::string name = std::string(entry.namespace_().value_or("")).append(".").append(entry.tag());
        if (!std::regex_match(name, expression_)) return;
        context.matched_argument(0, 1);
        context.drop(entry);
    }

private:
    std::regex expression_;
};

std::unique_ptr<Rule> make_rule(std::span<const RuleSpec> specs) try {
    if (specs[0].arguments.size() != 1) throw Error(ErrorCode::usage, "drop-matching takes one expression");
    return std::make_unique<DropMatchingTables>(specs[0].arguments[0].value);
} catch (const std::regex_error& error) {
    throw Error(ErrorCode::usage, std::string("no regular expression: ").append(error.what()));
}

int drop_tables(const std::string& expression, const std::string& input, const std::string& output) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    // What belongs to a table and what uses it, as views do, goes with it: that is what Reach::dependents
    // says.
    registry.add({.name = "drop-matching",
                  .summary = "drop tables whose names match a regular expression",
                  .keys = {{"expression", "REGEX"}},
                  .reach = Reach::dependents},
                 make_rule);

    InputFile archive(input);
    const Plan plan = make_plan({{{"drop-matching", {{"expression", expression}}}}, {}}, registry, archive);
    OutputFile file(output);
    const Summary summary = execute(plan, archive, file);

    const RuleReport& report = plan.reports[0];
    std::cerr << report.per_argument[0] << " tables dropped, and " << report.dropped - report.per_argument[0]
              << " entries with them; " << summary.entries_written << " of " << summary.entries_read
              << " entries written\n";
    return report.matched_nothing() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 4) throw Error(ErrorCode::usage, "usage: own_rule REGEX IN OUT");
    return drop_tables(argv[1], argv[2], argv[3]);
} catch (const pgfilter::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
