// SPDX-License-Identifier: PostgreSQL
// What -l shows, for programs.
#include <algorithm>
#include <array>
#include <optional>

#include "cli/json_report.hpp"
#include "report/planned_entry.hpp"

namespace pgfilter::cli {
namespace {

const char* section_name(const TocEntry& entry) {
    constexpr std::array names{"", "none", "pre-data", "data", "post-data"};
    return names.at(static_cast<std::size_t>(entry.number(Field::section)));
}

/// How much of the archive that was read each data block takes: up to the next one.  Nothing is known where
/// that would be a guess, so of the last block and if any block has no offset.
class BlockSizes {
public:
    explicit BlockSizes(const Plan& plan) {
        bool are_known = true;
        visit_as_read(plan, [&](const PlannedEntry& planned) {
            if (!planned.entry().has_data()) return;
            const DataOffset offset = planned.entry().data_offset();
            are_known = are_known && offset.state == DataOffset::State::set;
            if (are_known) begins_.push_back(offset.position);
        });
        if (!are_known) begins_.clear();
        std::sort(begins_.begin(), begins_.end());
    }

    [[nodiscard]] std::optional<std::uint64_t> of(const TocEntry& entry) const {
        if (!entry.has_data() || begins_.empty()) return std::nullopt;
        const std::uint64_t begin = entry.data_offset().position;
        const auto next = std::upper_bound(begins_.begin(), begins_.end(), begin);
        return next == begins_.end() ? std::nullopt : std::optional(*next - begin);
    }

private:
    std::vector<std::uint64_t> begins_;
};

void write_listed(const TocEntry& entry, const BlockSizes& sizes, JsonWriter& json) {
    json.begin_object();
    write_identity(entry, json);
    json.members({{"owner", entry.owner()},
                  {"section", section_name(entry)},
                  {"tablespace", entry.text(Field::tablespace)},
                  {"table_access_method", entry.text(Field::tableam)},
                  {"catalog_oid", entry.text(Field::table_oid)},
                  {"oid", entry.text(Field::oid)},
                  {"has_data", entry.keeps_data()},
                  {"block_bytes", entry.keeps_data() ? sizes.of(entry) : std::nullopt}});
    json.list("dependencies", entry.dependencies());
    json.end();
}

}  // namespace

void write_json_listing(const Plan& plan, ByteSink& output) {
    const BlockSizes sizes(plan);
    JsonWriter json(output);
    write_archive(plan.prologue, json);
    json.begin_list("entries");
    visit_as_written(plan, [&](const PlannedEntry& planned) {
        if (planned.action() != EntryAction::drop) write_listed(planned.entry(), sizes, json);
    });
    json.end();
    json.end();
}

}  // namespace pgfilter::cli
