#include "rules/attachments.hpp"
#include "rules/builtin.hpp"
#include "rules/dialect.hpp"

namespace pgfilter {
namespace {

/// Large objects are
///     one BLOBS and perhaps one BLOB COMMENTS in archives 1.10 and 1.11,
///     one BLOB each and one BLOBS in 1.12 to 1.15,
///     one BLOB METADATA and one BLOBS per group of objects in 1.16.
class NoLargeObjects final : public Rule {
public:
    void apply(RuleContext& context) override {
        const sql::Dialect dialect = dialect_of(context.toc());
        context.for_each_entry([&](TocEntry& entry, std::size_t) {
            const Bytes desc = entry.desc();
            if (desc == "BLOB" || desc == "BLOBS" || desc == "BLOB METADATA" || desc == "BLOB COMMENTS" ||
                is_attached_to(entry, {"large", "object"}, dialect))
                context.drop(entry);
        });
    }
};

}  // namespace

std::unique_ptr<Rule> make_no_large_objects(const std::vector<RuleArgument>&) {
    return std::make_unique<NoLargeObjects>();
}

}  // namespace pgfilter
