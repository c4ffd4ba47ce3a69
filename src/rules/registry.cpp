#include <utility>

#include "pgfilter/error.hpp"
#include "pgfilter/rule.hpp"

namespace pgfilter {

void RuleContext::for_each_entry(const std::function<void(TocEntry&, std::size_t)>& visit) {
    Toc& toc = prologue_.toc;
    for (std::size_t i = 0; i < toc.size(); ++i) {
        if (!toc[i].dropped()) visit(toc[i], i);
    }
}

void RuleContext::drop(TocEntry& entry) {
    prologue_.toc.drop(entry, editor_);
    ++report_.dropped;
}

bool RuleContext::set_text(TocEntry& entry, Field field, Text value) {
    const bool different = prologue_.toc.set_text(entry, field, value, editor_);
    report_.changed += different ? 1U : 0U;
    return different;
}

void RuleRegistry::add(const std::string& name, Factory factory) {
    factories_[name] = std::move(factory);
}

std::unique_ptr<Rule> RuleRegistry::make(const RuleSpec& spec) const {
    const auto found = factories_.find(spec.name);
    if (found == factories_.end()) throw Error(ErrorCode::usage, "there is no rule \"" + spec.name + "\"");
    return found->second(spec.arguments);
}

}  // namespace pgfilter
