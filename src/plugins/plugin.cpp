// SPDX-License-Identifier: PostgreSQL
#include "plugins/plugin.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "bytes/harmless.hpp"
#include "pgfilter/error.hpp"

namespace pgfilter {
namespace {

constexpr std::size_t longest_word = 63;
constexpr std::size_t longest_summary = 200;
constexpr std::size_t most_keys = 100;
constexpr std::size_t most_kinds = 1000;
constexpr int oldest_version = 0;

/// Small letters, digits and hyphens, as rule files take them.
bool is_word(const char* text) {
    if (text == nullptr) return false;
    const Bytes word(text, ::strnlen(text, longest_word + 1));
    return !word.empty() && word.size() <= longest_word && word.front() != '-' &&
           word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == Bytes::npos;
}

bool is_line(const char* text) {
    if (text == nullptr) return false;
    const Bytes line(text, ::strnlen(text, longest_summary + 1));
    return !line.empty() && line.size() <= longest_summary && !steers_terminals(line);
}

std::span<const pgfilter_key> keys_of(const pgfilter_rule& rule) {
    return {rule.keys, rule.key_count};
}

std::span<const char* const> kinds_of(const pgfilter_rule& rule) {
    return {rule.kinds, rule.kind_count};
}

}  // namespace

Plugin::Plugin(std::string file, PluginTrust trust) : file_(std::move(file)), trust_(trust) {
    try {
        load();
        check();
    } catch (...) {
        if (handle_ != nullptr) ::dlclose(handle_);
        throw;
    }
}

Plugin::~Plugin() {
    ::dlclose(handle_);
}

void Plugin::load() {
    handle_ = ::dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) {
        const char* const error = ::dlerror();
        std::string why = error == nullptr ? "it cannot be loaded" : error;
        if (why.starts_with(file_ + ": ")) why.erase(0, file_.size() + 2);
        refuse(why);
    }
    using Entrance = decltype(&pgfilter_plugin);
    const auto entrance = reinterpret_cast<Entrance>(::dlsym(handle_, "pgfilter_plugin"));
    if (entrance == nullptr) refuse("it exports no function pgfilter_plugin, so it is no plug-in");
    rule_ = entrance(PGFILTER_PLUGIN_ABI);
    if (rule_ == nullptr)
        refuse("it does not work with this pgfilter, whose plug-in interface is number " +
               std::to_string(PGFILTER_PLUGIN_ABI));
}

void Plugin::check() const {
    if (rule_->size < sizeof(pgfilter_rule))
        refuse("its description has " + std::to_string(rule_->size) + " bytes, and not " +
               std::to_string(sizeof(pgfilter_rule)) + " or more");
    if (!is_word(rule_->name))
        refuse("the name of its rule is not one of small letters, digits and hyphens, of 63 bytes at most");
    if (!is_line(rule_->summary)) refuse("the summary of its rule is not one line of 200 bytes at most");
    if (rule_->key_count > most_keys || (rule_->key_count > 0 && rule_->keys == nullptr))
        refuse("it says that its rule takes " + std::to_string(rule_->key_count) +
               " keys, and has no such list");
    for (const pgfilter_key& key : keys_of(*rule_)) {
        if (!is_word(key.name) || !is_line(key.value))
            refuse("a key of its rule has no proper name or value");
    }
    if (rule_->kind_count > most_kinds || (rule_->kind_count > 0 && rule_->kinds == nullptr))
        refuse("it says that its rule wants " + std::to_string(rule_->kind_count) +
               " kinds of entries, and has no such list");
    for (const char* const kind : kinds_of(*rule_)) {
        if (!is_line(kind)) refuse("a kind of entries that its rule wants has no proper name");
    }
    if (rule_->newest_version < oldest_version) refuse("it does not say for which archives it was written");
    if (rule_->open == nullptr) refuse("its rule has no function open");
    if (rule_->key_count > 0 && rule_->argument == nullptr)
        refuse("its rule takes keys and has no function argument");
}

void Plugin::refuse(const std::string& why) const {
    throw Error(ErrorCode::usage, "plug-in " + file_ + ": " + harmless(why));
}

std::string Plugin::name() const {
    return "plug-in " + file_ + ": rule " + rule_->name;
}

RuleInfo Plugin::info() const {
    RuleInfo info{.name = rule_->name, .summary = rule_->summary, .reach = Reach::object};
    for (const pgfilter_key& key : keys_of(*rule_)) info.keys.push_back({key.name, key.value});
    return info;
}

bool Plugin::wants(Bytes desc) const {
    const std::span<const char* const> kinds = kinds_of(*rule_);
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), desc) != kinds.end();
}

bool Plugin::may_change(int version) const {
    return version <= rule_->newest_version || trust_ == PluginTrust::any_archive;
}

}  // namespace pgfilter
