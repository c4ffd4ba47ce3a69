// SPDX-License-Identifier: PostgreSQL
#include "archive_mutator.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "archive_value.hpp"
#include "entry_shapes.hpp"
#include "pgfilter/archive_io.hpp"
#include "pgfilter/error.hpp"

namespace {

using namespace pgfilter;
using test::ArchiveValue;
using test::EntryValue;
using test::MaybeText;

constexpr std::size_t most_entries = 60;  // more of them only make executions slow
constexpr std::size_t growth = 64;        // bytes that a text may get at once

using TextField = MaybeText EntryValue::*;
constexpr std::array<TextField, 7> text_fields{
    &EntryValue::defn,       &EntryValue::drop_stmt, &EntryValue::copy_stmt, &EntryValue::namespace_,
    &EntryValue::tablespace, &EntryValue::tableam,   &EntryValue::owner};

class Mutator {
public:
    Mutator(ArchiveValue& archive, Random& random)
        : archive_(archive), entries_(archive.entries), random_(random) {}

    void mutate() {
        if (entries_.empty()) return add_shape();
        // clang-format off
        switch (random_.below(16)) {
            case 0: return add_copy();
            case 1: case 2: return add_shape();
            case 3: return remove();
            case 4: return std::swap(random_.pick(entries_), random_.pick(entries_));
            case 5: case 6: return change_dependencies(random_.pick(entries_));
            case 7: return change_numbers(random_.pick(entries_));
            case 8: return change_data(random_.pick(entries_));
            case 9: return change_large_objects(random_.pick(entries_));
            case 10: return change_header();
            case 11: return change_name(random_.one_in(2) ? random_.pick(entries_).tag : random_.pick(entries_).desc);
            default: return change_text(random_.pick(entries_), random_.one_in(2) ? 0 : random_.below(text_fields.size()));
        }
        // clang-format on
    }

private:
    int unused_id() {
        int id = 1 + static_cast<int>(random_.below(1000));
        const auto is_used = [&](const EntryValue& entry) { return entry.dump_id == id; };
        while (std::any_of(entries_.begin(), entries_.end(), is_used)) ++id;
        return id;
    }

    void add(EntryValue entry) {
        if (entries_.size() >= most_entries) return remove();
        entry.dump_id = unused_id();
        const auto place = static_cast<std::ptrdiff_t>(random_.below(entries_.size() + 1));
        entries_.insert(entries_.begin() + place, std::move(entry));
    }

    void add_copy() { add(EntryValue(random_.pick(entries_))); }

    void add_shape() {
        EntryValue entry = shape_of_entry(random_);
        if (!entries_.empty()) {
            // So that they have to do with each other.
            const EntryValue& other = random_.pick(entries_);
            entry.namespace_ = other.namespace_;
            entry.dependencies = {other.dump_id};
            if (random_.one_in(2)) entry.tag = other.tag;
            if (random_.one_in(2)) entry.owner = other.owner;
        }
        add(std::move(entry));
    }

    void remove() {
        entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(random_.below(entries_.size())));
    }

    void change_dependencies(EntryValue& entry) {
        std::vector<int>& ids = entry.dependencies;
        if (!ids.empty() && random_.one_in(3)) {
            ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(random_.below(ids.size())));
        } else if (random_.one_in(8)) {
            ids.push_back(static_cast<int>(random_.below(2000)));  // often of no entry
        } else {
            ids.push_back(random_.pick(entries_).dump_id);
        }
    }

    void change_numbers(EntryValue& entry) {
        constexpr std::string_view relkinds("\0rvmfpSict", 10);
        switch (random_.below(3)) {
            case 0:
                entry.section = 1 + static_cast<int>(random_.below(4));
                break;
            case 1:
                entry.relkind = random_.pick(relkinds);
                break;
            default:
                entry.dump_id = unused_id();
        }
    }

    void change_chunks(std::vector<std::string>& chunks) {
        if (chunks.empty() || random_.one_in(3)) {
            chunks.emplace_back("1\tone\n");
        } else if (random_.one_in(3)) {
            chunks.pop_back();
        } else {
            change_bytes(random_.pick(chunks));
            std::erase(chunks, "");  // which would end the stream
        }
    }

    void change_data(EntryValue& entry) {
        if (entry.large_objects) return change_large_objects(entry);
        if (!entry.rows) {
            entry.rows.emplace();
        } else if (random_.one_in(8)) {
            entry.rows.reset();
        } else {
            change_chunks(*entry.rows);
        }
    }

    void change_large_objects(EntryValue& entry) {
        if (entry.rows) return change_data(entry);
        if (!entry.large_objects) entry.large_objects.emplace();
        auto& objects = *entry.large_objects;
        if (objects.empty() || random_.one_in(3)) {
            const auto oid = static_cast<std::uint32_t>(16384 + random_.below(8));
            objects.emplace_back(random_.one_in(8) ? ~oid : oid, std::vector<std::string>{"large"});
        } else if (random_.one_in(3)) {
            objects.pop_back();
        } else {
            change_chunks(random_.pick(objects).second);
        }
        if (objects.empty() && random_.one_in(2)) entry.large_objects.reset();
    }

    void change_header() {
        constexpr std::array<std::size_t, 6> int_sizes{4, 4, 8, 3, 5, 32};
        constexpr std::array<std::size_t, 4> offset_sizes{8, 4, 32, 2};
        // clang-format off
        switch (random_.below(7)) {
            case 0: archive_.minor = 10 + static_cast<int>(random_.below(7)); return;
            case 1: archive_.int_size = random_.pick(int_sizes); return;
            case 2: archive_.offset_size = random_.pick(offset_sizes); return;
            case 3: archive_.compression = static_cast<int>(random_.below(4)); return;
            case 4: archive_.offsets_set = !archive_.offsets_set; return;
            case 5: archive_.second_toc = !archive_.second_toc; return;
            default: change_maybe(archive_.database);
        }
        // clang-format on
    }

    void change_bytes(std::string& text) { text = mutate_bytes(text, text.size() + growth, random_); }

    void change_maybe(MaybeText& text) {
        if (random_.one_in(16)) return text.reset();
        if (!text) text.emplace();
        change_bytes(*text);
    }

    void change_text(EntryValue& entry, std::size_t field) {
        MaybeText& text = entry.*text_fields[field];
        switch (random_.below(4)) {
            case 0:
                text = random_.pick(entries_).*text_fields[field];
                break;
            case 1:
                if (field == 0) {
                    text = shape_of_entry(random_).defn;
                    break;
                }
                [[fallthrough]];
            default:
                change_maybe(text);
        }
    }

    void change_name(std::string& name) {
        const EntryValue& other = random_.pick(entries_);
        switch (random_.below(4)) {
            case 0:
                name = other.tag;
                break;
            case 1:
                name = other.desc + " " + other.tag;
                break;
            case 2:
                name = other.desc;
                break;
            default:
                change_bytes(name);
        }
    }

    ArchiveValue& archive_;
    std::vector<EntryValue>& entries_;
    Random& random_;
};

ArchiveValue new_archive(Random& random) {
    ArchiveValue archive;
    Mutator mutator(archive, random);
    for (std::size_t steps = 1 + random.below(16); steps > 0; --steps) mutator.mutate();
    return archive;
}

}  // namespace

std::string mutate_archive(Bytes archive, std::size_t most, Random& random) try {
    if (random.one_in(8)) return mutate_bytes(archive, most, random);
    ArchiveValue value = read_archive_value(archive);
    Mutator mutator(value, random);
    for (std::size_t steps = 1 + random.below(4); steps > 0; --steps) mutator.mutate();
    const std::string mutant = test::build(value).bytes();
    if (mutant.size() > most) return mutate_bytes(archive, most, random);
    return random.one_in(8) ? mutate_bytes(mutant, most, random) : mutant;
} catch (const Error&) {  // what is refused seldom becomes an archive by chance
    return random.one_in(2) ? test::build(new_archive(random)).bytes() : mutate_bytes(archive, most, random);
}

std::string text_of_archive(Bytes archive, Random& random) try {
    MemorySource source(archive);
    const Prologue prologue = read_prologue(source);
    if (prologue.toc.size() == 0) return {};
    constexpr std::array fields{Field::tag,        Field::desc,    Field::namespace_,
                                Field::tablespace, Field::tableam, Field::owner};
    const TocEntry& entry = prologue.toc[random.below(prologue.toc.size())];
    return std::string(entry.text(random.pick(fields)).value_or(""));
} catch (const Error&) {
    return {};
}
