// SPDX-License-Identifier: PostgreSQL
#include "entry_shapes.hpp"

#include <array>

namespace {

struct Shape {
    int section;  // 1 none, 2 pre-data, 3 data, 4 post-data
    const char* desc;
    const char* tag;
    const char* defn;
};

constexpr std::array shapes{
    Shape{1, "ENCODING", "ENCODING", "SET client_encoding = 'SJIS';\n"},
    Shape{1, "STDSTRINGS", "STDSTRINGS", "SET standard_conforming_strings = 'off';\n"},
    Shape{2, "DATABASE", "db", "CREATE DATABASE db WITH TEMPLATE = template0 TABLESPACE = fast;\n"},
    Shape{2, "DATABASE PROPERTIES", "db",
          "ALTER DATABASE db SET role TO 'app';\nALTER ROLE app IN DATABASE db SET role TO 'app_ro';\n"},
    Shape{2, "SCHEMA", "app", "CREATE SCHEMA app AUTHORIZATION app;\n"},
    Shape{2, "EXTENSION", "hstore", "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;\n"},
    Shape{2, "TYPE", "base", "CREATE TYPE public.base (\n    INPUT = public.base_in\n);\n"},
    Shape{2, "CAST", "CAST (a AS b)", "CREATE CAST (public.a AS public.b) WITHOUT FUNCTION;\n"},
    Shape{2, "PROCEDURAL LANGUAGE", "plx", "CREATE OR REPLACE PROCEDURAL LANGUAGE plx;\n"},
    Shape{2, "FUNCTION", "f(integer)",
          "CREATE FUNCTION public.f(integer) RETURNS integer\n    LANGUAGE c LEAKPROOF SUPPORT public.s\n"
          "    SET role TO 'app'\n    AS $_$ SELECT 'app'; $_$;\n"},
    Shape{2, "AGGREGATE", "agg(integer)",
          "CREATE AGGREGATE public.agg(integer) (\n    SFUNC = int4_sum,\n    STYPE = internal\n);\n"},
    Shape{2, "OPERATOR", "+", "CREATE OPERATOR public.+ (\n    FUNCTION = f,\n    RESTRICT = public.r\n);\n"},
    Shape{2, "OPERATOR CLASS", "ops",
          "CREATE OPERATOR CLASS public.ops\n    FOR TYPE integer USING btree AS STORAGE integer;\n"},
    Shape{2, "ACCESS METHOD", "am", "CREATE ACCESS METHOD am TYPE TABLE HANDLER public.h;\n"},
    Shape{2, "SERVER", "srv", "CREATE SERVER srv FOREIGN DATA WRAPPER w OPTIONS (\n    host 'h'\n);\n"},
    Shape{2, "USER MAPPING", "USER MAPPING app SERVER srv",
          "CREATE USER MAPPING FOR app SERVER srv OPTIONS (\n    password 's',\n    \"user\" 'u'\n);\n"},
    Shape{2, "TABLE", "users", "CREATE TABLE public.users (\n    id integer\n)\nPARTITION BY RANGE (id);\n"},
    Shape{2, "TABLE", "heir", "CREATE TABLE public.heir (\n)\nINHERITS (public.users);\n"},
    Shape{2, "TABLE ATTACH", "heir",
          "ALTER TABLE ONLY public.users ATTACH PARTITION public.heir FOR VALUES FROM (1) TO (2);\n"},
    Shape{2, "SEQUENCE", "s", "CREATE SEQUENCE public.s\n    START WITH 1;\n"},
    Shape{2, "SEQUENCE OWNED BY", "s", "ALTER SEQUENCE public.s OWNED BY public.users.id;\n"},
    Shape{2, "DEFAULT", "users id", "ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT 1;\n"},
    Shape{2, "VIEW", "v", "CREATE VIEW public.v AS\n SELECT users.id\n   FROM public.users;\n"},
    Shape{2, "MATERIALIZED VIEW", "m", "CREATE MATERIALIZED VIEW public.m AS\n SELECT 1\n  WITH NO DATA;\n"},
    Shape{2, "BLOB METADATA", "16384..16386", "16384\n16385\n16386\n"},
    Shape{2, "ACL", "LARGE OBJECTS 16384..16386",
          "GRANT SELECT ON LARGE OBJECT 16384 TO app_ro;\n"
          "SET SESSION AUTHORIZATION app;\nGRANT ALL ON LARGE OBJECT 16384 TO b;\n"
          "RESET SESSION AUTHORIZATION;\n"},
    Shape{2, "COMMENT", "TABLE users", "COMMENT ON TABLE public.users IS 'it''s app';\n"},
    Shape{2, "SECURITY LABEL", "TABLE users", "SECURITY LABEL FOR p ON TABLE public.users IS 'l';\n"},
    Shape{2, "ACL", "TABLE users",
          "REVOKE ALL ON TABLE public.users FROM app;\n"
          "GRANT SELECT ON TABLE public.users TO app_ro WITH GRANT OPTION;\n"
          "SET SESSION AUTHORIZATION app_ro;\nGRANT SELECT ON TABLE public.users TO PUBLIC;\n"
          "RESET SESSION AUTHORIZATION;\n"},
    Shape{4, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES",
          "ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public GRANT SELECT ON TABLES TO app_ro;\n"},
    Shape{4, "POLICY", "users p", "CREATE POLICY p ON public.users TO app, app_ro USING (true);\n"},
    Shape{4, "ROW SECURITY", "users", "ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;\n"},
    Shape{4, "INDEX", "users_id", "CREATE INDEX users_id ON public.users USING gin (id);\n"},
    Shape{4, "INDEX ATTACH", "heir_id", "ALTER INDEX public.users_id ATTACH PARTITION public.heir_id;\n"},
    Shape{4, "CONSTRAINT", "users users_excl",
          "ALTER TABLE ONLY public.users\n    ADD CONSTRAINT users_excl EXCLUDE USING gist (id public.ops "
          "WITH OPERATOR(public.=));\n"},
    Shape{4, "FK CONSTRAINT", "users fk",
          "ALTER TABLE ONLY public.users\n    ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES public.v(id);\n"},
    Shape{4, "TRIGGER", "users t",
          "CREATE TRIGGER t AFTER INSERT ON public.users EXECUTE FUNCTION public.f();\n"},
    Shape{4, "RULE", "users r", "CREATE RULE r AS\n    ON INSERT TO public.users DO NOTHING;\n"},
    Shape{4, "EVENT TRIGGER", "e", "CREATE EVENT TRIGGER e ON sql_drop\n   EXECUTE FUNCTION public.f();\n"},
    Shape{4, "STATISTICS", "st", "CREATE STATISTICS public.st ON a, b FROM public.users;\n"},
    Shape{4, "PUBLICATION", "pub", "CREATE PUBLICATION pub FOR ALL TABLES WITH (publish = 'insert');\n"},
    Shape{4, "PUBLICATION TABLE", "pub users", "ALTER PUBLICATION pub ADD TABLE ONLY public.users;\n"},
    Shape{4, "SUBSCRIPTION", "sub",
          "CREATE SUBSCRIPTION sub CONNECTION 'host=h password=s' PUBLICATION pub WITH (connect = false);\n"},
    Shape{3, "SEQUENCE SET", "s", "SELECT pg_catalog.setval('public.s', 1, false);\n"},
    Shape{3, "STATISTICS DATA", "users",
          "SELECT * FROM pg_catalog.pg_restore_relation_stats(\n\t'version', '180000'::integer\n);\n"},
    Shape{3, "TABLE DATA", "users", ""},
    Shape{3, "BLOBS", "16384..16386", ""},
};

}  // namespace

pgfilter::test::EntryValue shape_of_entry(Random& random) {
    const Shape& shape = random.pick(shapes);
    pgfilter::test::EntryValue entry;
    entry.section = shape.section;
    entry.desc = shape.desc;
    entry.tag = shape.tag;
    entry.defn = shape.defn;
    entry.drop_stmt.reset();
    if (entry.desc == "TABLE DATA") {
        entry.copy_stmt = "COPY public.users (id) FROM stdin;\n";
        entry.rows = {{"1\n", "2\n", "\\.\n\n\n"}};
    }
    if (entry.desc == "BLOBS") entry.large_objects = {{{16384, {"large"}}, {16386, {}}}};
    return entry;
}
