// SPDX-License-Identifier: PostgreSQL
#include "support/plans.hpp"

#include "pgfilter/rules.hpp"

namespace pgfilter::test {

Plan plan_for(const std::string& bytes, std::vector<RuleSpec> rules) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    Job job;
    job.rules = std::move(rules);
    MemorySource source(bytes);
    return make_plan(job, registry, source);
}

std::string bytes_with(std::vector<EntryValue> entries, int minor) {
    ArchiveValue archive;
    archive.minor = minor;
    archive.entries = first_entries();
    archive.entries.insert(archive.entries.end(), entries.begin(), entries.end());
    return build(archive).bytes();
}

EntryValue entry_of(int dump_id, const std::string& desc, const std::string& tag, const std::string& defn,
                    std::vector<int> dependencies) {
    EntryValue entry;
    entry.dump_id = dump_id;
    entry.desc = desc;
    entry.tag = tag;
    entry.defn = defn;
    entry.namespace_ = std::string("s");
    entry.dependencies = std::move(dependencies);
    if (desc == "TABLE DATA") entry.rows = {{"1\n"}};
    return entry;
}

const TocEntry& find(const Plan& plan, DumpId id) {
    return plan.prologue.toc[*plan.prologue.toc.find(id)];
}

std::vector<DumpId> dropped(const Plan& plan) {
    std::vector<DumpId> ids;
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) {
        if (plan.prologue.toc[i].dropped()) ids.push_back(plan.prologue.toc[i].dump_id());
    }
    return ids;
}

std::vector<Unhandled> unhandled_in(const Plan& plan) {
    std::vector<Unhandled> places;
    for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) {
        find_unhandled(plan, plan.prologue.toc[i], false,
                       [&](const Unhandled& place) { places.push_back(place); });
    }
    return places;
}

}  // namespace pgfilter::test
