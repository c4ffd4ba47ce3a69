// JSON that is written while it is made, for texts and lists may be of any size.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pgfilter/bytes.hpp"
#include "pgfilter/toc.hpp"

namespace pgfilter::cli {

using Json = nlohmann::ordered_json;

/// A string if it is UTF-8, else {"hex": "…"}; null for NULL.
void write_text(Text text, ByteSink& output);
/// The same for a text that is known to be short.
Json text_json(Text text);

/// "name": after what separates it from the member before, for an object that is written on several lines.
std::string member(const char* before, const char* name);

/// An object, member by member.
class JsonObject {
public:
    explicit JsonObject(ByteSink& output) : output_(output) {}

    void text(const char* name, Text value);
    void value(const char* name, const Json& value);
    void numbers(const char* name, const std::vector<DumpId>& numbers);
    /// For a value that is written to the output next.
    void key(const char* name);
    void close() { output_.write("}"); }

private:
    ByteSink& output_;
    bool first_ = true;
};

}  // namespace pgfilter::cli
