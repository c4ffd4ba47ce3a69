// SPDX-License-Identifier: PostgreSQL
#include "cli/origin_hint.hpp"

#include <utility>

#include "cli/target_options.hpp"
#include "pgfilter/targets.hpp"

namespace pgfilter::cli {
namespace {

std::string describe(const PlatformSign& sign) {
    using Kind = PlatformSign::Kind;
    std::string text = sign.kind == Kind::role     ? "role "
                       : sign.kind == Kind::schema ? "schema "
                                                   : "extension ";
    return text.append(sign.name).append(sign.is_beginning ? "..." : "");
}

/// "Heroku Postgres": its summary begins with "leaving".
std::string platform_name(const BuiltinTarget& source) {
    constexpr std::string_view leaving = "leaving ";
    std::string_view name = target_summary(source.text);
    if (name.starts_with(leaving)) name.remove_prefix(leaving.size());
    return std::string(name);
}

}  // namespace

std::string origin_hint(const Plan& plan, const Options& options) {
    if (options.quiet) return {};
    // A run that only lists or copies an archive does not restore it elsewhere.
    if (!options.sources.empty() || options.action == Action::list ||
        (options.rules.empty() && options.writes_archive()))
        return {};
    std::string text;
    for (const LikelySource& likely : likely_sources(plan.prologue.toc)) {
        const std::string name(likely.source->name);
        if (name == options.target && source_file(name, options.target) == name) return {};
        text.append(text.empty() ? "this looks like a dump from " : "; or from ")
            .append(platform_name(*likely.source))
            .append(" (")
            .append(describe(likely.sign))
            .append("): --from ")
            .append(likely.source->name)
            .append(" leaves out what only that platform has");
    }
    return text;
}

}  // namespace pgfilter::cli
