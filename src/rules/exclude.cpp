// Rules that drop objects as pg_dump's --exclude options leave them out, with everything that hangs on them.
#include <algorithm>
#include <array>
#include <optional>

#include "archive/harmless.hpp"
#include "pgfilter/error.hpp"
#include "rules/builtin.hpp"
#include "rules/exclusion.hpp"
#include "rules/name_pattern.hpp"

namespace pgfilter {
namespace {

/// What the rules of the family leave out.
enum class Target : std::uint8_t { table, table_data, excluded_extension, extension, kind, cascade };

struct Description {
    const char* name;
    const char* summary;
    Target target;
    bool with_children;
};

constexpr std::array<Description, 8> descriptions{{
    {"exclude-table", "drop tables, views and sequences, with all that hangs on them", Target::table, false},
    {"exclude-table-and-children", "the same, with their partitions and inheriting tables", Target::table,
     true},
    {"exclude-table-data", "drop the data of tables, with its statistics", Target::table_data, false},
    {"exclude-table-data-and-children", "the same, with their partitions and inheriting tables",
     Target::table_data, true},
    {"exclude-extension", "drop extensions", Target::excluded_extension, false},
    {"extension", "drop all other extensions", Target::extension, false},
    {"no-kind", "drop all entries of a kind, with what hangs on them", Target::kind, false},
    {"cascade", "drop what uses a dropped object, too", Target::cascade, false},
}};

const Description& describe(const RuleSpec& spec) {
    return *std::find_if(descriptions.begin(), descriptions.end(),
                         [&](const Description& known) { return spec.name == known.name; });
}

char upper_case(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string upper_case(Bytes text) {
    std::string upper(text);
    for (char& c : upper) c = upper_case(c);
    return upper;
}

bool is_equal_in_upper_case(Bytes text, Bytes upper) {
    return std::equal(text.begin(), text.end(), upper.begin(), upper.end(),
                      [](char a, char b) { return upper_case(a) == b; });
}

std::string name_of(const TocEntry& entry) {
    constexpr std::size_t longest = 200;
    std::string name(entry.desc().substr(0, longest));
    name += ' ';
    const Bytes schema = entry.namespace_().value_or("");
    if (!schema.empty()) name.append(schema.substr(0, longest)).append(".");
    return harmless(name.append(entry.tag().substr(0, longest)));
}

/// Says when an archive would not be what it was any more.
void check_kind(const std::string& kind) {
    for (const char* const needed : {"ENCODING", "STDSTRINGS", "SEARCHPATH"}) {
        if (kind == needed)
            throw Error(ErrorCode::usage,
                        "no-kind " + kind + ": without this entry the others would be read wrongly");
    }
}

class Exclude final : public Rule {
public:
    explicit Exclude(std::span<const RuleSpec> specs) {
        for (std::size_t i = 0; i < specs.size(); ++i) add_spec(specs[i], i);
    }

    void apply(RuleContext& context) override {
        for (const std::size_t spec : cascades_) context.matches_nothing_by_itself(spec);
        if (wanted_.empty()) return;
        for (const Wanted& wanted : wanted_) {
            if (wanted.pattern) wanted.pattern->check_database(context.header());
        }
        const DependencyGraph graph(context.toc());
        Exclusion exclusion(context, graph);
        context.for_each_entry([&](TocEntry& entry, std::size_t i) { select(context, graph, entry, i); });
        select_orphans(context, graph);
        select_children(graph);
        for (const Selected& selected : selected_) drop(exclusion, selected);
        selected_ = {};
        exclusion.spread(!cascades_.empty());
        broken_ = exclusion.find_broken();
    }

    void find_unhandled(const Toc& toc, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        if (broken_.empty()) return;
        const auto index = toc.find(entry.dump_id());
        const auto is_before = [](const Exclusion::Broken& a, std::size_t b) { return a.entry < b; };
        const auto at = std::lower_bound(broken_.begin(), broken_.end(), *index, is_before);
        if (at == broken_.end() || at->entry != *index) return;
        found({at->spec, std::nullopt, 1, reason(toc, *at), {}, "--cascade drops such entries too"});
    }
    [[nodiscard]] bool finds_unhandled_quickly() const override { return true; }

private:
    /// One argument.
    struct Wanted {
        Target target;
        bool with_children;
        std::size_t spec;
        std::size_t argument;
        std::optional<NamePattern> pattern;
        std::string kind;  // in upper case
    };
    struct Selected {
        std::uint32_t entry;
        std::uint16_t spec;  // as an EditorId
        bool data_only;
        bool with_children;
    };

    void choose(std::size_t entry, const Wanted& wanted, bool data_only) {
        selected_.push_back({static_cast<std::uint32_t>(entry), static_cast<EditorId>(wanted.spec), data_only,
                             wanted.with_children});
    }

    void add_spec(const RuleSpec& spec, std::size_t number) {
        const Description& description = describe(spec);
        if (description.target == Target::cascade) cascades_.push_back(number);
        if (description.target == Target::cascade) return;
        const bool is_kind = description.target == Target::kind;
        if (spec.arguments.empty())
            throw Error(ErrorCode::usage, spec.name + " needs a " + (is_kind ? "kind" : "pattern"));
        const bool is_table = description.target == Target::table || description.target == Target::table_data;
        const auto parts = is_table ? NamePattern::Parts::schema_and_name : NamePattern::Parts::name;
        for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
            const std::string& value = spec.arguments[i].value;
            Wanted& wanted = wanted_.emplace_back(
                Wanted{description.target, description.with_children, number, i, std::nullopt, {}});
            if (is_kind) {
                wanted.kind = upper_case(value);
                check_kind(wanted.kind);
            } else {
                wanted.pattern.emplace(value, parts);
            }
        }
    }

    void select(RuleContext& context, const DependencyGraph& graph, const TocEntry& entry,
                std::size_t index) {
        const EntryKind kind = graph.kind(index);
        if (nameable.has(kind)) select_table(context, graph, entry, index);
        if (kind == EntryKind::extension) select_extension(context, entry, index);
        select_kind(context, graph, entry, index);
    }

    // pg_dump leaves out a sequence that a table owns only if it leaves out the table.
    void select_table(RuleContext& context, const DependencyGraph& graph, const TocEntry& entry,
                      std::size_t index) {
        for (const Wanted& wanted : wanted_) {
            const bool data_only = wanted.target == Target::table_data;
            if (wanted.target != Target::table && !data_only) continue;
            if (!data_only && graph.is_owned(index)) continue;
            if (!wanted.pattern->matches(entry.namespace_().value_or(""), entry.tag())) continue;
            context.matched_argument(wanted.argument, 1, wanted.spec);
            choose(index, wanted, data_only);
        }
    }

    void select_extension(RuleContext& context, const TocEntry& entry, std::size_t index) {
        const Wanted* only = nullptr;
        bool is_wanted = false;
        for (const Wanted& wanted : wanted_) {
            const bool excludes = wanted.target == Target::excluded_extension;
            if (wanted.target != Target::extension && !excludes) continue;
            if (!excludes && only == nullptr) only = &wanted;
            if (!wanted.pattern->matches(entry.tag())) continue;
            context.matched_argument(wanted.argument, 1, wanted.spec);
            if (excludes) choose(index, wanted, false);
            if (!excludes) is_wanted = true;
        }
        if (only != nullptr && !is_wanted) choose(index, *only, false);
    }

    void select_kind(RuleContext& context, const DependencyGraph& graph, const TocEntry& entry,
                     std::size_t index) {
        constexpr EntryKinds statistics = EntryKind::statistics_data | EntryKind::extended_statistics_data;
        for (const Wanted& wanted : wanted_) {
            if (wanted.target != Target::kind) continue;
            if (is_equal_in_upper_case(entry.desc(), wanted.kind)) {
                context.matched_argument(wanted.argument, 1, wanted.spec);
                choose(index, wanted, false);
            } else if (wanted.kind == "TABLE DATA" && statistics.has(graph.kind(index))) {
                // They hold values of columns, as the data does.
                choose(index, wanted, false);
            }
        }
    }

    // An archive of data alone, for example.
    void select_orphans(RuleContext& context, const DependencyGraph& graph) {
        constexpr EntryKinds data = EntryKind::table_data | EntryKind::sequence_set |
                                    EntryKind::materialized_view_data | EntryKind::statistics_data;
        graph.for_each_orphan([&](std::size_t index, const sql::QualifiedName& name) {
            if (context.entry(index).dropped()) return;
            for (const Wanted& wanted : wanted_) {
                const bool data_only = wanted.target == Target::table_data;
                if (wanted.target != Target::table && !(data_only && data.has(graph.kind(index)))) continue;
                if (!wanted.pattern->matches(name.schema, name.name)) continue;
                context.matched_argument(wanted.argument, 1, wanted.spec);
                choose(index, wanted, false);
            }
        });
    }

    void select_children(const DependencyGraph& graph) {
        std::array<std::vector<bool>, 2> seen;  // for tables and for their data
        for (std::size_t next = 0; next < selected_.size(); ++next) {
            const Selected parent = selected_[next];
            if (!parent.with_children) continue;
            std::vector<bool>& known = seen[parent.data_only ? 1 : 0];
            known.resize(std::max<std::size_t>(known.size(), parent.entry + 1));
            if (known[parent.entry]) continue;
            known[parent.entry] = true;
            graph.for_each_child(parent.entry, [&](std::size_t child) {
                selected_.push_back({static_cast<std::uint32_t>(child), parent.spec, parent.data_only, true});
            });
        }
    }

    static void drop(Exclusion& exclusion, const Selected& selected) {
        if (selected.data_only)
            exclusion.drop_data(selected.entry, selected.spec);
        else
            exclusion.drop(selected.entry, selected.spec);
    }

    static std::string reason(const Toc& toc, const Exclusion::Broken& broken) {
        const TocEntry& cause = toc[broken.cause];
        const std::string name = name_of(cause);
        using Reason = Exclusion::Broken::Reason;
        if (broken.reason == Reason::references) return "refers to rows of " + name + " that are dropped";
        if (broken.reason == Reason::may_belong) return "can be part of " + name + ", which is dropped";
        const std::string verb = broken.reason == Reason::uses ? "uses " : "belongs to ";
        return verb + name + (cause.dropped() ? ", which is dropped" : ", which needs what is dropped");
    }

    std::vector<Wanted> wanted_;
    std::vector<std::size_t> cascades_;
    std::vector<Selected> selected_;
    std::vector<Exclusion::Broken> broken_;
};

}  // namespace

void add_exclude_rules(RuleRegistry& registry) {
    for (const Description& rule : descriptions) {
        std::vector<RuleKey> keys;
        if (rule.target == Target::kind) keys = {{"kind", "KIND"}};
        if (rule.target != Target::kind && rule.target != Target::cascade) keys = {{"pattern", "PATTERN"}};
        registry.add({rule.name, rule.summary, keys, "exclude"},
                     [](std::span<const RuleSpec> specs) { return std::make_unique<Exclude>(specs); });
    }
}

}  // namespace pgfilter
