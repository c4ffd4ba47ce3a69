// SPDX-License-Identifier: PostgreSQL
// Renaming roles in real archives, judged by PostgreSQL's parser: the parse tree of every statement must be
// what it was, but for the names of the roles that are renamed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "pgfilter/job.hpp"
#include "pgfilter/rules.hpp"
#include "support/archive_builder.hpp"
#include "support/postgres.hpp"

namespace pgfilter {
namespace {

using namespace test;

using NewNames = std::map<std::string, std::string>;

constexpr std::array sql_fields{Field::defn, Field::drop_stmt, Field::copy_stmt};
constexpr std::array other_fields{Field::desc,    Field::namespace_, Field::tablespace,
                                  Field::tableam, Field::table_oid,  Field::oid};

/// Parse trees of a text: one if it can be parsed as a whole, else one for each statement.
struct Parsed {
    std::vector<std::string> trees;
    std::vector<std::string> refused;  ///< statements that the grammar does not know
};

void add_tree(Parsed& parsed, const std::string& sql) {
    if (const auto tree = postgres_parse(sql)) {
        parsed.trees.push_back(without_locations(*tree));
    } else {
        parsed.refused.push_back(sql);
    }
}

Parsed parse(const std::string& sql) {
    Parsed parsed;
    add_tree(parsed, sql);
    if (parsed.refused.empty()) return parsed;
    const auto statements = postgres_split(sql);
    if (!statements) return parsed;
    parsed.refused.clear();
    for (const std::string& statement : *statements) add_tree(parsed, statement);
    return parsed;
}

std::size_t count_statements(const Parsed& parsed) {
    std::size_t count = 0;
    for (const std::string& tree : parsed.trees) {
        for (std::size_t at = 0; (at = tree.find("{\"stmt\":", at)) != std::string::npos; ++at) ++count;
    }
    return count;
}

struct SqlText {
    std::string sql;
    Parsed parsed;
    std::set<std::string> roles;
};

/// An archive before anything is renamed.
struct Original {
    std::string archive;
    std::vector<std::map<Field, SqlText>> entries;
    std::set<std::string> roles;  ///< of owners and parse trees
    std::size_t statements = 0;
    std::vector<std::string> refused;
};

Original parse_original(std::string archive) {
    Original original;
    original.archive = std::move(archive);
    MemorySource source(original.archive);
    const Prologue prologue = read_prologue(source);
    original.entries.resize(prologue.toc.size());
    for (std::size_t i = 0; i < prologue.toc.size(); ++i) {
        const Text owner = prologue.toc[i].owner();
        if (owner && !owner->empty()) original.roles.emplace(*owner);
        for (const Field field : sql_fields) {
            const Text sql = prologue.toc[i].text(field);
            if (!sql) continue;
            SqlText text{std::string(*sql), {}, {}};
            if (field != Field::copy_stmt) text.parsed = parse(text.sql);  // COPY names no roles
            for (const std::string& tree : text.parsed.trees) {
                for (std::string& role : roles_in(tree)) text.roles.insert(std::move(role));
            }
            original.roles.insert(text.roles.begin(), text.roles.end());
            original.statements += count_statements(text.parsed);
            for (const std::string& refused : text.parsed.refused) original.refused.push_back(refused);
            original.entries[i].emplace(field, std::move(text));
        }
    }
    return original;
}

/// The archives of the version; each is read and parsed once.
const Original& original_of(const std::string& name) {
    static std::map<std::string, Original> originals;
    const auto found = originals.find(name);
    return found != originals.end()
               ? found->second
               : originals.emplace(name, parse_original(read_test_archive(name))).first->second;
}

Plan plan_renaming(const std::string& archive, const NewNames& new_names) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    RuleSpec rule{"map-role", {}};
    for (const auto& [old_name, new_name] : new_names) rule.arguments.push_back({old_name, new_name});
    Job job;
    job.rules = {rule};
    MemorySource source(archive);
    return make_plan(job, registry, source);
}

std::string renamed_archive(const std::string& archive, const NewNames& new_names) {
    const Plan plan = plan_renaming(archive, new_names);
    MemorySource source(archive);
    source.skip(plan.prologue.size);
    MemorySink sink;
    execute(plan, source, sink);
    return sink.bytes();
}

std::string renamed(const std::string& role, const NewNames& new_names) {
    const auto found = new_names.find(role);
    return found == new_names.end() ? role : found->second;
}

/// An entry that PostgreSQL finds one of the roles in, or whose SQL its parser does not know.
bool is_concerned(const TocEntry& entry, const std::map<Field, SqlText>& before, const NewNames& new_names) {
    if (new_names.contains(std::string(entry.original_text(Field::owner).value_or("")))) return true;
    return std::any_of(before.begin(), before.end(), [&](const auto& field) {
        const SqlText& text = field.second;
        return !text.parsed.refused.empty() ||
               std::any_of(text.roles.begin(), text.roles.end(),
                           [&](const std::string& role) { return new_names.contains(role); });
    });
}

void expect_renamed(const TocEntry& entry, Field field, const SqlText& before, const NewNames& new_names) {
    const std::string after(entry.text(field).value_or("(null)"));
    if (before.roles.empty() && before.parsed.refused.empty()) {
        EXPECT_EQ(after, before.sql) << entry.label();
        return;
    }
    const Parsed parsed = parse(after);
    ASSERT_EQ(parsed.trees.size(), before.parsed.trees.size()) << entry.label() << "\n" << after;
    EXPECT_EQ(parsed.refused.size(), before.parsed.refused.size()) << entry.label() << "\n" << after;
    for (std::size_t i = 0; i < parsed.trees.size(); ++i)
        EXPECT_EQ(parsed.trees[i], with_roles_renamed(before.parsed.trees[i], new_names)) << entry.label();
}

/// A user mapping's tag holds its role's name as it is.
std::string tag_with_roles_renamed(const TocEntry& entry, const std::map<Field, SqlText>& before,
                                   const NewNames& new_names) {
    std::string tag(*entry.original_text(Field::tag));
    if (entry.desc() != "USER MAPPING") return tag;
    for (const std::string& role : before.at(Field::defn).roles) {
        const std::string prefix = "USER MAPPING " + role + " SERVER ";
        if (tag.starts_with(prefix))
            return "USER MAPPING " + renamed(role, new_names) + " SERVER " + tag.substr(prefix.size());
    }
    return tag;
}

void expect_renamed(const Original& original, const NewNames& new_names) {
    const Plan plan = plan_renaming(original.archive, new_names);
    ASSERT_EQ(plan.prologue.toc.size(), original.entries.size());
    for (std::size_t i = 0; i < original.entries.size(); ++i) {
        const TocEntry& entry = plan.prologue.toc[i];
        EXPECT_FALSE(entry.dropped());
        if (!is_concerned(entry, original.entries[i], new_names)) {
            EXPECT_FALSE(entry.changed()) << entry.label();
            continue;
        }
        for (const auto& [field, before] : original.entries[i])
            expect_renamed(entry, field, before, new_names);
        const Text owner = entry.original_text(Field::owner);
        EXPECT_EQ(entry.owner().has_value(), owner.has_value());
        EXPECT_EQ(entry.owner().value_or(""), renamed(std::string(owner.value_or("")), new_names));
        EXPECT_EQ(entry.tag(), tag_with_roles_renamed(entry, original.entries[i], new_names));
        for (const Field field : other_fields)
            EXPECT_EQ(entry.text(field), entry.original_text(field)) << entry.label();
    }
}

// -------------------------------------------------------------------------------- new names

/// Every role gets a new name of its own.
template <typename Name>
NewNames rename_all(const Original& original, Name name) {
    NewNames new_names;
    std::size_t i = 0;
    for (const std::string& role : original.roles) new_names.emplace(role, name(role, i++));
    return new_names;
}

NewNames with_suffix(const Original& original) {
    return rename_all(original, [](const std::string& role, std::size_t) {
        return role.substr(0, 60) + "_x";  // the parser cuts names off at 63 bytes
    });
}

std::vector<std::string> reserved_words() {
    std::vector<std::string> words;
    for (std::string& word : postgres_keywords()) {
        const bool is_reserved = postgres_scan(word)->front().keyword != PostgresToken::unreserved;
        if (is_reserved && word != "none") words.push_back(std::move(word));
    }
    return words;
}

/// All at once, to names of different kinds.
std::vector<NewNames> renamings(const Original& original) {
    const std::vector<std::string> words = reserved_words();
    return {
        with_suffix(original),
        rename_all(original, [](const std::string&, std::size_t i) { return "role_" + std::to_string(i); }),
        rename_all(original, [](const std::string&, std::size_t i) { return "Ro le; " + std::to_string(i); }),
        rename_all(original, [&](const std::string&, std::size_t i) { return words.at(i); }),
        rename_all(original,
                   [](const std::string&, std::size_t i) { return "\n\"'\\$$--/*" + std::to_string(i); }),
    };
}

// -------------------------------------------------------------------------------- tests

class RoleMapOracle : public testing::TestWithParam<std::string> {};

TEST_P(RoleMapOracle, RenamesAllRolesAtOnceInEveryStatement) {
    const Original& original = original_of(GetParam());
    EXPECT_GE(original.roles.size(), 45U);
    EXPECT_GE(original.statements, 1'800U);
    // Default privileges of large objects came with PostgreSQL 18; the parser is that of 15.
    std::vector<std::string> refused;
    if (GetParam().starts_with("18/") || GetParam().starts_with("19/"))
        refused.emplace_back("ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON LARGE OBJECTS TO app_ro");
    EXPECT_EQ(original.refused, refused);

    for (const NewNames& new_names : renamings(original)) expect_renamed(original, new_names);
    expect_renamed(original, {{"app", "app_ro"}, {"app_ro", "user"}, {"user", "app"}});
}

// For the sake of time a fourth of the roles in each version, which is another in the next one.
TEST_P(RoleMapOracle, RenamesOneRoleAlone) {
    const Original& original = original_of(GetParam());
    constexpr std::array new_names{"renamed", "Re named", "order", "new \"li'ne\"\n;"};
    std::size_t turn = std::stoul(GetParam());
    for (const std::string& role : original.roles) {
        if (++turn % 4 == 0) expect_renamed(original, {{role, new_names.at(turn / 4 % new_names.size())}});
    }
}

TEST_P(RoleMapOracle, RenamingBackGivesTheSameBytes) {
    const Original& original = original_of(GetParam());
    const std::vector<NewNames> all = renamings(original);
    for (const NewNames& new_names : {all.front(), all.back()}) {
        NewNames back;
        for (const auto& [old_name, new_name] : new_names) back.emplace(new_name, old_name);
        ASSERT_EQ(back.size(), new_names.size());
        const std::string there = renamed_archive(original.archive, new_names);
        EXPECT_NE(there, original.archive);
        EXPECT_TRUE(renamed_archive(there, back) == original.archive);
    }
}

TEST_P(RoleMapOracle, LeavesWhatNamesNoSuchRole) {
    const NewNames strangers{
        {"APP_RO", "a"}, {"app_r", "b"}, {"we\"\"ird", "c"}, {"\"user\"", "d"}, {"base", "e"}};
    EXPECT_FALSE(plan_renaming(read_test_archive(GetParam()), strangers).prologue.toc.rewritten());
}

TEST(RoleMap, RenamesTheStatementThatTheParserDoesNotKnow) {
    for (const char* name : {"18/roles.fc.dump", "19/roles.fc.dump"}) {
        const Plan plan = plan_renaming(original_of(name).archive, {{"app", "A"}, {"app_ro", "B"}});
        std::size_t found = 0;
        for (std::size_t i = 0; i < plan.prologue.toc.size(); ++i) {
            const bool is_it =
                plan.prologue.toc[i].defn() ==
                "ALTER DEFAULT PRIVILEGES FOR ROLE \"A\" GRANT SELECT ON LARGE OBJECTS TO \"B\";\n";
            found += is_it ? 1U : 0U;
        }
        EXPECT_EQ(found, 1U) << name;
    }
}

// Shapes that pg_dump wrote for old servers, or that are in no archive at hand.
TEST(RoleMap, RenamesInRareShapes) {
    ArchiveValue archive;
    archive.entries = first_entries();
    const auto add = [&](const std::string& desc, const std::string& defn) {
        EntryValue entry;
        entry.dump_id = static_cast<int>(archive.entries.size()) + 1;
        entry.desc = desc;
        entry.defn = defn;
        entry.drop_stmt = std::nullopt;
        entry.owner = "owner";
        archive.entries.push_back(entry);
    };
    add("ACL LANGUAGE", "REVOKE ALL ON LANGUAGE app FROM PUBLIC;\nGRANT ALL ON LANGUAGE app TO GROUP app;\n");
    add("ACL", "REVOKE GRANT OPTION FOR SELECT ON t FROM app;\nGRANT ALL ON t TO GROUP \"app\", a;\n");
    add("SCHEMA", "CREATE SCHEMA app AUTHORIZATION app;\n");
    add("PROCEDURE",
        "CREATE PROCEDURE app.app() LANGUAGE sql SET role TO 'app' SET role TO E'app' AS 'app';\n");
    add("FUNCTION",
        "CREATE FUNCTION app() RETURNS app LANGUAGE sql SET session_authorization = app\n"
        "BEGIN ATOMIC UPDATE app SET role = 'app'; UPDATE app SET role = 'app'; END;\n");
    add("DATABASE PROPERTIES",
        "ALTER ROLE app IN DATABASE app SET role TO 'app';\nALTER DATABASE app SET role TO 'app';\n");
    add("DEFAULT ACL",
        "ALTER DEFAULT PRIVILEGES FOR ROLE a, app IN SCHEMA app GRANT ALL ON TABLES TO app;\n");
    add("POLICY",
        "CREATE POLICY app ON app.app FOR ALL TO app, \"app\", CURRENT_ROLE USING ((app = 'app'));\n");
    add("VIEW", "CREATE VIEW app.app AS SELECT app.app AS role FROM app.app WHERE (app = 'app');\n");
    add("RULE", "CREATE RULE app AS ON UPDATE TO app.app DO INSTEAD UPDATE app SET role = 'app';\n");
    const Original original = parse_original(build(archive).bytes());
    EXPECT_TRUE(original.refused.empty());
    expect_renamed(original, {{"app", "Re \"named\""}, {"a", "select"}, {"owner", "it's"}});
}

std::vector<std::string> archives_of_every_version() {
    std::vector<std::string> names = test_archives();
    std::erase_if(names, [](const std::string& name) { return !name.ends_with("/roles.fc.dump"); });
    return names;
}

INSTANTIATE_TEST_SUITE_P(Versions, RoleMapOracle, testing::ValuesIn(archives_of_every_version()),
                         [](const auto& version) {
                             std::string name = "V" + version.param.substr(0, version.param.find('/'));
                             for (char& c : name) c = c == '.' ? '_' : c;
                             return name;
                         });

}  // namespace
}  // namespace pgfilter
