// SPDX-License-Identifier: PostgreSQL
// JSON as another reader of it understands it.
#include "cli/json_writer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pgfilter::cli {
namespace {

using Json = nlohmann::ordered_json;

template <class Write>
std::string written(Write write) {
    MemorySink sink;
    JsonWriter json(sink);
    write(json);
    json.end();
    return sink.bytes();
}

Json text_as_read(const std::string& text) {
    return Json::parse(written([&](JsonWriter& json) { json.members({{"text", text}}); }))["text"];
}

TEST(JsonWriter, LeavesEveryCharacterAsItIs) {
    std::string all;
    for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
    for (const std::string& text : {std::string(), all, std::string("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98")})
        EXPECT_EQ(text_as_read(text), Json(text));
}

TEST(JsonWriter, WritesWhatIsNoUtf8AsDigits) {
    EXPECT_EQ(text_as_read("f\xfc"), Json({{"hex", "66fc"}}));
    EXPECT_EQ(text_as_read("\xed\xa0\x80"), Json({{"hex", "eda080"}})) << "half of a surrogate pair";
}

TEST(JsonWriter, WritesTextsOfAnyLengthInPieces) {
    for (std::size_t front = 0; front < 4; ++front) {
        std::string text(front, '"');
        for (int i = 0; i < 20'000; ++i) text += "\xe2\x82\xac\\";
        EXPECT_EQ(text_as_read(text), Json(text)) << front;
        text += '\xff';
        EXPECT_EQ(text_as_read(text)["hex"].get<std::string>().size(), 2 * text.size()) << front;
    }
}

TEST(JsonWriter, TellsNullFromEmptyAndNumbersFromTexts) {
    const std::string text = written([](JsonWriter& json) {
        json.members({{"null", Text()}, {"empty", ""}, {"none", or_null("")}, {"yes", true}, {"no", false}});
        json.members({{"number", UINT64_MAX}, {"negative", -1}, {"nothing", std::optional<int>()}});
        json.list("ids", std::vector<DumpId>{3, 1});
        json.list("names", std::vector<std::string>{"a"});
        json.list("empty list", std::vector<DumpId>());
    });
    EXPECT_EQ(Json::parse(text).dump(),
              R"({"schema_version":1,"null":null,"empty":"","none":null,"yes":true,"no":false,)"
              R"("number":18446744073709551615,"negative":-1,"nothing":null,"ids":[3,1],"names":["a"],)"
              R"("empty list":[]})");
}

TEST(JsonWriter, GivesEachElementOfTheDocumentsListsALine) {
    const std::string text = written([](JsonWriter& json) {
        json.object("archive", {{"a", 1}, {"b", 2}});
        json.begin_list("entries");
        for (const int number : {1, 2}) {
            json.begin_object();
            json.members({{"number", number}});
            json.begin_list("parts");
            json.object({{"c", number}});
            json.value(7);
            json.end();
            json.end();
        }
        json.end();
    });
    EXPECT_EQ(
        text,
        "{\"schema_version\": 1,\n\"archive\": {\"a\": 1, \"b\": 2},\n\"entries\": [\n"
        "{\"number\": 1, \"parts\": [{\"c\": 1}, 7]},\n{\"number\": 2, \"parts\": [{\"c\": 2}, 7]}\n]}\n");
}

}  // namespace
}  // namespace pgfilter::cli
