// What -l shows, for programs.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cli/json_report.hpp"

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
    explicit BlockSizes(const Toc& toc) {
        for (std::size_t i = 0; i < toc.size(); ++i) {
            if (!toc[i].has_data()) continue;
            const DataOffset offset = toc[i].data_offset();
            if (offset.state != DataOffset::State::set) {
                begins_.clear();
                return;
            }
            begins_.push_back(offset.position);
        }
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

void write_listed(const TocEntry& entry, const BlockSizes& sizes, ByteSink& output) {
    JsonObject object(output);
    write_identity(entry, object);
    object.text("owner", entry.owner());
    object.value("section", section_name(entry));
    object.text("tablespace", entry.text(Field::tablespace));
    object.text("table_access_method", entry.text(Field::tableam));
    object.text("catalog_oid", entry.text(Field::table_oid));
    object.text("oid", entry.text(Field::oid));
    object.value("has_data", entry.keeps_data());
    const auto size = entry.keeps_data() ? sizes.of(entry) : std::nullopt;
    object.value("block_bytes", size ? Json(*size) : Json(nullptr));
    object.numbers("dependencies", entry.dependencies());
    object.close();
}

}  // namespace

void write_json_listing(const Plan& plan, ByteSink& output) {
    const Toc& toc = plan.prologue.toc;
    const BlockSizes sizes(toc);
    output.write(member("{", "schema_version") + std::to_string(schema_version) + member(",\n", "archive") +
                 archive_json(plan.prologue).dump() + member(",\n", "entries") + "[");
    bool first = true;
    for (std::size_t place = 0; place < toc.size(); ++place) {
        const TocEntry& entry = toc[toc.at(place)];
        if (entry.dropped()) continue;
        output.write(std::exchange(first, false) ? "\n" : ",\n");
        write_listed(entry, sizes, output);
    }
    output.write("\n]}\n");
}

}  // namespace pgfilter::cli
