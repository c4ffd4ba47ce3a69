// SPDX-License-Identifier: PostgreSQL
// Rules in shared objects: see pgfilter/plugin.h for how to write one.
#pragma once

#include <cstdint>
#include <string>

#include "pgfilter/export.hpp"

namespace pgfilter {

class RuleRegistry;

/// What a user lets a plug-in do.
enum class PluginTrust : std::uint8_t {
    written_for,  ///< it is asked about archives up to the version that it was written for; newer are refused
    any_archive,
};

/// Loads a plug-in and adds its rule, which works like those that pgfilter brings along.  The shared object
/// stays loaded as long as the registry or one of the rules that it has made.  Loading runs code of the
/// plug-in.
///
/// `file` is a path, with a slash in it.
///
/// Throws Error (usage) if the file cannot be loaded or is no plug-in, if its description makes no sense, or
/// if there is a rule of that name already.  The rule throws Error (usage) when it is made and Error
/// (refused) when it is applied, of what the plug-in says or does wrong; the message names the file and the
/// rule.
PGFILTER_API void load_plugin(const std::string& file, PluginTrust trust, RuleRegistry& registry);

}  // namespace pgfilter
