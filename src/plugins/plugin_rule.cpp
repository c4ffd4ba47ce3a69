// SPDX-License-Identifier: PostgreSQL
// The rule of a plug-in, as one among others.
#include <memory>
#include <utility>

#include "pgfilter/error.hpp"
#include "pgfilter/rule.hpp"
#include "plugins/host.hpp"
#include "plugins/plugin.hpp"

namespace pgfilter {
namespace {

using Phase = pgfilter_call::Phase;

pgfilter_text text_of(const std::string& text) {
    return {text.data(), text.size()};
}

class PluginRule final : public Rule {
public:
    PluginRule(std::shared_ptr<const Plugin> plugin, const RuleSpec& spec) : plugin_(std::move(plugin)) {
        call_.arguments = spec.arguments.size();
        try {
            make("open", [&] {
                state_ = rule().open(&plugin_host(), &call_);
                return state_ == nullptr ? PGFILTER_ERROR : PGFILTER_OK;
            });
            for (const RuleArgument& argument : spec.arguments) {
                make("argument", [&] {
                    return rule().argument(state_, &plugin_host(), &call_, text_of(argument.key),
                                           text_of(argument.value));
                });
            }
        } catch (...) {
            if (state_ != nullptr) close();
            throw;
        }
    }
    PluginRule(const PluginRule&) = delete;
    PluginRule& operator=(const PluginRule&) = delete;
    ~PluginRule() override { close(); }

    void apply(RuleContext& context) override {
        const int version = context.header().layout.version.minor;
        if (!plugin_->may_change(version))
            throw Error(ErrorCode::refused,
                        plugin_->name() + ": it was written for archives up to version 1." +
                            std::to_string(rule().newest_version) + ", and this one is 1." +
                            std::to_string(version) + "; only a plug-in that is trusted may change it");
        call_.context = &context;
        call_.dialect.reset();
        if (rule().begin != nullptr)
            change("begin", [&] { return rule().begin(state_, &plugin_host(), &call_); });
        if (rule().entry != nullptr) visit(context);
        if (rule().end != nullptr) change("end", [&] { return rule().end(state_, &plugin_host(), &call_); });
        call_.context = nullptr;
    }

    void find_unhandled(const Toc& toc, const TocEntry& entry,
                        const std::function<void(const Unhandled&)>& found) const override {
        if (rule().unhandled == nullptr) return;
        const std::size_t index = *toc.find(entry.dump_id());
        call_.found = &found;
        call_.toc = &toc;
        call("unhandled", Phase::asking, index,
             [&] { return rule().unhandled(state_, &plugin_host(), &call_, index); });
    }

    void find_unhandled_quickly(const Toc& toc, const TocEntry& entry,
                                const std::function<void(const Unhandled&)>& found) const override {
        find_unhandled(toc, entry, found);
    }

private:
    [[nodiscard]] const pgfilter_rule& rule() const { return plugin_->rule(); }

    void close() {
        if (rule().close != nullptr) rule().close(state_);
    }

    void visit(RuleContext& context) {
        context.for_each_entry([&](TocEntry& entry, std::size_t index) {
            if (!plugin_->wants(entry.desc())) return;
            change(
                "entry", [&] { return rule().entry(state_, &plugin_host(), &call_, index); }, index);
        });
    }

    template <class Function>
    void make(const char* function, Function run) {
        call(function, Phase::making, std::nullopt, run);
    }

    template <class Function>
    void change(const char* function, Function run, std::optional<std::size_t> entry = std::nullopt) {
        call_.toc = &call_.context->toc();
        call(function, Phase::applying, entry, run);
    }

    template <class Function>
    void call(const char* function, Phase phase, std::optional<std::size_t> entry, Function run) const {
        call_.function = function;
        call_.phase = phase;
        call_.entry = entry;
        conclude(run());
    }

    /// After a function of the plug-in, with what it returned.
    void conclude(int status) const {
        const bool is_making = call_.phase == Phase::making;
        std::optional<Error> fault = std::exchange(call_.fault, std::nullopt);
        const Toc* const toc = std::exchange(call_.toc, nullptr);
        call_.phase = Phase::idle;
        if (!fault && (status == PGFILTER_OK || status == PGFILTER_NONE)) return;
        // What goes wrong before there is an archive is no fault of one.
        Error error(is_making ? ErrorCode::usage
                    : fault   ? fault->code()
                              : ErrorCode::refused,
                    plugin_->name() + ": " + (fault ? fault->message() : complaint(status)));
        if (toc != nullptr && call_.entry) error.in_entry((*toc)[*call_.entry].label());
        throw error;
    }

    [[nodiscard]] std::string complaint(int status) const {
        const std::string function = std::string(call_.function) + "()";
        if (status == PGFILTER_ERROR) return function + " failed, and does not say why";
        return function + " returned " + std::to_string(status) + ", which is no status that it can have";
    }

    std::shared_ptr<const Plugin> plugin_;
    void* state_ = nullptr;
    mutable pgfilter_call call_;
};

}  // namespace

void load_plugin(const std::string& file, PluginTrust trust, RuleRegistry& registry) {
    auto plugin = std::make_shared<const Plugin>(file, trust);
    const RuleInfo info = plugin->info();
    if (registry.find(info.name) != nullptr)
        throw Error(ErrorCode::usage, "plug-in " + file + ": there is a rule \"" + info.name + "\" already");
    registry.add(info, [plugin = std::move(plugin)](std::span<const RuleSpec> specs) {
        return std::make_unique<PluginRule>(plugin, specs.front());
    });
}

}  // namespace pgfilter
