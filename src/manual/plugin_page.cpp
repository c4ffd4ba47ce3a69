// SPDX-License-Identifier: PostgreSQL
// pgfilter-plugin(3).
#include <algorithm>

#include "manual/header.hpp"
#include "manual/markdown.hpp"
#include "manual/pages.hpp"

namespace pgfilter::manual {
namespace {

constexpr Setting docs_of_plugins{"docs/", "pgfilter-plugin"};

void add_members(Page& page, const std::vector<Members>& all) {
    for (const Members& members : all) {
        const Roff comment = inline_text(members.comment, docs_of_plugins);
        std::vector<Roff> tags;
        for (const std::string& declaration : members.declarations) tags.push_back(bold(declaration));
        tags.empty() ? page.paragraph(comment) : page.tagged(tags, comment);
    }
}

void add_declarations(Page& page, const std::vector<Declaration>& all, Declaration::Kind kind) {
    for (const Declaration& declaration : all) {
        if (declaration.kind != kind) continue;
        if (kind == Declaration::Kind::structure) page.subsection(bold(declaration.name));
        if (kind == Declaration::Kind::other)
            page.tagged({bold(declaration.name)}, inline_text(declaration.comment, docs_of_plugins));
        else if (!declaration.comment.empty())
            page.paragraph(inline_text(declaration.comment, docs_of_plugins));
        add_members(page, declaration.members);
    }
}

}  // namespace

std::string plugin_page(const ReadSource& read, const Edition& edition) {
    const std::vector<Block> text = read_markdown(read("docs/plugin.md"));
    const std::vector<Declaration> header = read_header(read("include/pgfilter/plugin.h"));
    Page page("pgfilter-plugin", "3", "Library Functions",
              "rules for pgfilter in shared objects of their own", edition);
    page.section("Synopsis");
    page.verbatim("#include <pgfilter/plugin.h>\n\n" + header.back().name + ";");
    page.section("Description");
    add_blocks(page, {text.begin() + 1, text.end()}, 2, docs_of_plugins);
    page.section("Functions and opaque types");
    add_declarations(page, header, Declaration::Kind::other);
    page.section("Structures");
    add_declarations(page, header, Declaration::Kind::structure);
    page.section("Constants");
    add_declarations(page, header, Declaration::Kind::enumeration);
    page.section("See also");
    page.paragraph(reference("pgfilter", "1") + plain(", ") + reference("pgfilter-rules", "5"));
    return page.text();
}

}  // namespace pgfilter::manual
