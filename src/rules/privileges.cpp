#include "rules/builtin.hpp"

namespace pgfilter {
namespace {

class NoPrivileges final : public Rule {
public:
    void apply(RuleContext& context) override {
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const Bytes desc = entry.desc();
            if (desc == "ACL" || desc == "DEFAULT ACL" || desc == "ACL LANGUAGE") context.drop(entry);
        });
    }
};

}  // namespace

std::unique_ptr<Rule> make_no_privileges(const std::vector<RuleArgument>&) {
    return std::make_unique<NoPrivileges>();
}

}  // namespace pgfilter
