#include "rules/attachments.hpp"
#include "rules/builtin.hpp"
#include "rules/dialect.hpp"

namespace pgfilter {
namespace {

class NoCreate final : public Rule {
public:
    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const Bytes desc = entry.desc();
            if (desc == "DATABASE" || desc == "DATABASE PROPERTIES" ||
                is_attached_to(entry, {"database"}, dialect))
                context.drop(entry);
        });
    }
};

}  // namespace

std::unique_ptr<Rule> make_no_create(const std::vector<RuleArgument>&) {
    return std::make_unique<NoCreate>();
}

}  // namespace pgfilter
