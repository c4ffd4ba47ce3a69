// SPDX-License-Identifier: PostgreSQL
// A plug-in that is loaded, and whose description makes sense.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pgfilter/entry_kind.hpp"
#include "pgfilter/plugin.h"
#include "pgfilter/plugins.hpp"
#include "pgfilter/rule_registry.hpp"

namespace pgfilter {

class Plugin {
public:
    /// Throws Error (usage).
    Plugin(std::string file, PluginTrust trust);
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;
    ~Plugin();

    [[nodiscard]] const pgfilter_rule& rule() const noexcept { return *rule_; }
    /// "plug-in ./drop_logs.so: rule drop-logs"
    [[nodiscard]] std::string name() const;
    [[nodiscard]] RuleInfo info() const;
    /// Whether it wants to see entries of that desc.
    [[nodiscard]] bool wants(Bytes desc) const;
    /// Whether it may change archives of that minor version.
    [[nodiscard]] bool may_change(int version) const;

private:
    void load();
    void check() const;
    [[noreturn]] void refuse(const std::string& why) const;

    std::string file_;
    PluginTrust trust_;
    void* handle_ = nullptr;
    const pgfilter_rule* rule_ = nullptr;
};

}  // namespace pgfilter
