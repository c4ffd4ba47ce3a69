// SPDX-License-Identifier: PostgreSQL
// --check on any archive: it ends with a report, the same for a stream and a file and for one thread and two;
// what the reader refuses is not sound, what is sound is read, and reject-suspicious refuses what is
// dangerous.
#include <algorithm>
#include <optional>

#include "archive_mutator.hpp"
#include "builtin_rules.hpp"
#include "pgfilter/check.hpp"
#include "pgfilter/error.hpp"
#include "pgfilter/job.hpp"

namespace {

using namespace pgfilter;

struct Refused {};

/// Throws Refused.
CheckReport check(Bytes archive, bool can_seek, unsigned threads) try {
    MemorySource source(archive);
    CheckInput input{source, {}};
    if (can_seek)
        input.open = [archive](std::uint64_t begin, std::uint64_t size) {
            return std::make_unique<MemorySource>(
                archive.substr(std::min<std::uint64_t>(begin, archive.size()), size));
        };
    CheckOptions options;
    options.threads = threads;
    return check_archive(input, options);
} catch (const Error& error) {
    require(!error.message().empty());
    throw Refused{};
}

class Nothing final : public BlockHandler {
public:
    bool begin_block(const Block&) override { return false; }
    void block_bytes(ByteSource&, std::uint64_t) override {}
    void end_block(ByteSource&, std::size_t) override {}
    void trailer_bytes(ByteSource& source, std::uint64_t count) override {
        while (count > 0) {
            const std::size_t size = std::min<std::uint64_t>(source.peek(1).size(), count);
            source.skip(size);
            count -= size;
        }
    }
};

bool is_read(Bytes archive) try {
    MemorySource source(archive);
    const Prologue prologue = read_prologue(source);
    Nothing handler;
    read_blocks(source, prologue, handler);
    return true;
} catch (const Error&) {
    return false;
}

void check_report(const CheckReport& report, Bytes archive) {
    require(report.bytes_read <= archive.size() && report.good_bytes <= archive.size());
    for (const Finding& finding : report.findings) {
        require(!finding.message.empty());
        require(!finding.offset || *finding.offset <= archive.size());
        require(report.counts[static_cast<std::size_t>(finding.kind)] > 0);
    }
}

/// Nothing if the table of contents is not read.
std::optional<bool> is_refused_as_suspicious(Bytes archive) {
    std::optional<Plan> plan;
    try {
        MemorySource source(archive);
        plan.emplace(make_plan({{{"reject-suspicious", {}}}, {}, {}}, builtin_rules(), source));
    } catch (const Error&) {
        return std::nullopt;
    }
    try {
        check_plan(*plan);
        return false;
    } catch (const Error& error) {
        require(error.code() == ErrorCode::refused);
        return true;
    }
}

bool has_dangerous_texts(const CheckReport& report) {
    bool dangerous = false;
    for (std::size_t i = 0; i < finding_kinds; ++i) {
        const auto kind = static_cast<FindingKind>(i);
        const bool is_of_data = kind == FindingKind::rows_not_ended || kind == FindingKind::rows_behind_end ||
                                kind == FindingKind::data_command;
        if (!is_of_data && info_of(kind).dangerous)  // the rule reads no data
            dangerous = dangerous || report.counts[i] > 0;
    }
    return dangerous;
}

void require_equal(const CheckReport& a, const CheckReport& b) {
    require(a.counts == b.counts && a.good_bytes == b.good_bytes && a.blocks.size() == b.blocks.size());
    require(std::equal(a.findings.begin(), a.findings.end(), b.findings.begin(), b.findings.end(),
                       [](const Finding& x, const Finding& y) {
                           return x.kind == y.kind && x.offset == y.offset && x.message == y.message;
                       }));
}

}  // namespace

std::string fuzz_mutate(Bytes input, std::size_t most, Random& random) {
    return mutate_archive(input, most, random);
}

bool fuzz_one(Bytes input) try {
    const CheckReport file = check(input, true, 1);
    const CheckReport stream = check(input, false, 2);
    check_report(file, input);
    check_report(stream, input);
    require_equal(file, check(input, true, 2));
    require(file.sound() == stream.sound());
    const bool read = is_read(input);
    require(read || !file.sound());
    if (const std::optional<bool> refused = is_refused_as_suspicious(input))
        require(*refused == has_dangerous_texts(file));
    return file.prologue.has_value();
} catch (const Refused&) {
    require(!is_read(input));
    return false;
}
