// SPDX-License-Identifier: PostgreSQL
// A rule in a shared object, in C++: functions and procedures run with the rights of their caller, for on a
// new server nobody has looked yet at what their owner may do.
//
//     c++ -std=c++20 -shared -fPIC -o security_invoker.so plugin_in_cpp.cpp
//     pgfilter --plugin=./security_invoker.so -r security-invoker nightly.dump -f small.dump
#include <array>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "pgfilter/plugin.h"

namespace {

pgfilter_text text_of(std::string_view text) {
    return {text.data(), text.size()};
}

bool is(const pgfilter_name& name, std::string_view keyword) {
    return name.is_quoted == 0 && std::string_view(name.last.bytes, name.last.size) == keyword;
}

/// SECURITY DEFINER stands after LANGUAGE and before the body, which is a string or begins with BEGIN ATOMIC
/// or RETURN.
std::vector<pgfilter_splice> find_security_definer(const pgfilter_host& host, pgfilter_call* call,
                                                   pgfilter_text defn) {
    std::vector<pgfilter_splice> splices;
    bool has_language = false;
    bool is_after_security = false;
    pgfilter_name name{};
    while (host.next_name(call, defn, name.end, &name) == PGFILTER_OK) {
        has_language = has_language || is(name, "language");
        if (!has_language) continue;
        if (is(name, "atomic") || is(name, "return")) break;
        if (is_after_security && is(name, "definer"))
            splices.push_back({name.begin, name.end, text_of("INVOKER")});
        is_after_security = is(name, "security");
    }
    return splices;
}

class SecurityInvoker {
public:
    int visit(const pgfilter_host& host, pgfilter_call* call, std::size_t entry) {
        pgfilter_text defn{};
        if (host.text(call, entry, PGFILTER_DEFN, &defn) != PGFILTER_OK) return PGFILTER_ERROR;
        if (defn.bytes == nullptr) return PGFILTER_OK;
        const std::vector<pgfilter_splice> splices = find_security_definer(host, call, defn);
        if (splices.empty()) return PGFILTER_OK;
        const int status = host.splice(call, entry, PGFILTER_DEFN, splices.data(), splices.size());
        return status == PGFILTER_ERROR ? PGFILTER_ERROR : PGFILTER_OK;
    }
};

// No exception may leave the plug-in.

void* open_rule(const pgfilter_host* /*host*/, pgfilter_call* /*call*/) noexcept {
    return new (std::nothrow) SecurityInvoker;
}

int visit(void* state, const pgfilter_host* host, pgfilter_call* call, std::size_t entry) noexcept try {
    return static_cast<SecurityInvoker*>(state)->visit(*host, call, entry);
} catch (const std::exception& error) {
    return host->fail(call, text_of(error.what()));
}

void close_rule(void* state) noexcept {
    delete static_cast<SecurityInvoker*>(state);
}

}  // namespace

const pgfilter_rule* pgfilter_plugin(int abi) {
    static constexpr std::array kinds{"FUNCTION", "PROCEDURE"};
    static constexpr pgfilter_rule rule{
        .size = sizeof(pgfilter_rule),
        .name = "security-invoker",
        .summary = "functions and procedures run with the rights of their caller",
        .keys = nullptr,
        .key_count = 0,
        .kinds = kinds.data(),
        .kind_count = kinds.size(),
        .newest_version = 16,
        .open = open_rule,
        .argument = nullptr,
        .begin = nullptr,
        .entry = visit,
        .end = nullptr,
        .unhandled = nullptr,
        .close = close_rule,
    };
    return abi == PGFILTER_PLUGIN_ABI ? &rule : nullptr;
}
