// SPDX-License-Identifier: PostgreSQL
// What a plug-in is called with: the host's functions, and what they know of the call.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pgfilter/error.hpp"
#include "pgfilter/plugin.h"
#include "pgfilter/rule.hpp"
#include "sql/text_walk.hpp"

/// Of one rule, all calls share one: a plug-in may keep it and use it when it must not.
struct pgfilter_call {
    enum class Phase : std::uint8_t { idle, making, applying, asking };

    Phase phase = Phase::idle;
    const char* function = "";                 ///< of the plug-in, that is being called
    pgfilter::RuleContext* context = nullptr;  ///< while applying
    const pgfilter::Toc* toc = nullptr;        ///< while applying or asking
    std::optional<std::size_t> entry;          ///< that the call is about
    std::size_t arguments = 0;                 ///< of the rule
    const std::function<void(const pgfilter::Unhandled&)>* found = nullptr;  ///< while asking
    /// What went wrong first.  As long as it is not thrown, nothing else is done for the plug-in.
    std::optional<pgfilter::Error> fault;

    // Found once, for it takes a walk through the TOC.
    std::optional<pgfilter::sql::Dialect> dialect;
    // What the plug-in has been given views of.
    std::vector<pgfilter::DumpId> dependencies;
    std::string quoted;
    pgfilter::sql::NameWalk names;
    pgfilter::sql::StatementWalk statements;
};

namespace pgfilter {

/// The table of functions that all plug-ins get.
const pgfilter_host& plugin_host() noexcept;

}  // namespace pgfilter
