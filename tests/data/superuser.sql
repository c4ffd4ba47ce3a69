-- A database with what only superusers may create, each kind beside a sibling that anybody may, and what uses it.
-- psql -f superuser.sql DATABASE, as a superuser of PostgreSQL 15 with its contrib modules.
SET client_min_messages = error;
CREATE SCHEMA app;
CREATE SCHEMA lib;
COMMENT ON SCHEMA public IS 'of our own';
CREATE EXTENSION citext WITH SCHEMA lib;
CREATE EXTENSION pg_trgm WITH SCHEMA lib;
CREATE EXTENSION btree_gist WITH SCHEMA lib;
CREATE EXTENSION intarray WITH SCHEMA lib;
CREATE EXTENSION hstore WITH SCHEMA lib;
CREATE EXTENSION bloom WITH SCHEMA lib;
CREATE EXTENSION unaccent WITH SCHEMA lib;
CREATE EXTENSION file_fdw WITH SCHEMA lib;
CREATE EXTENSION moddatetime WITH SCHEMA lib;

-- Languages.
CREATE FUNCTION app.handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION app.inline_handler(internal) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE LANGUAGE plodd HANDLER app.handler INLINE app.inline_handler;
CREATE TRUSTED LANGUAGE plown HANDLER plpgsql_call_handler;
GRANT USAGE ON LANGUAGE plown TO PUBLIC;
COMMENT ON LANGUAGE plodd IS 'odd';
CREATE FUNCTION app.odd(int) RETURNS int LANGUAGE plodd AS 'BEGIN RETURN $1; END';
CREATE FUNCTION app.own(int) RETURNS int LANGUAGE plown AS 'BEGIN RETURN $1; END';
CREATE PROCEDURE app.odd_procedure() LANGUAGE plodd AS 'BEGIN NULL; END';
CREATE FUNCTION app.upper_of(text) RETURNS text LANGUAGE internal IMMUTABLE STRICT AS 'upper';
CREATE FUNCTION app.trigram(text, text) RETURNS real LANGUAGE c IMMUTABLE STRICT AS '$libdir/pg_trgm', 'similarity';
CREATE FUNCTION app.language(leakproof int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION app.speaks() RETURNS text LANGUAGE sql AS $$SELECT 'LANGUAGE c, LANGUAGE internal'::text$$;
CREATE FUNCTION app.support() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
COMMENT ON FUNCTION app.trigram(text, text) IS 'as that of pg_trgm';
GRANT EXECUTE ON FUNCTION app.trigram(text, text) TO PUBLIC;

-- Base types and what is made of them.
CREATE TYPE app.raw;
CREATE FUNCTION app.raw_in(cstring) RETURNS app.raw LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION app.raw_out(app.raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE app.raw (INPUT = app.raw_in, OUTPUT = app.raw_out, LIKE = int4);
COMMENT ON TYPE app.raw IS 'raw';
CREATE TYPE app.never;
CREATE TYPE app.pair AS (a int, b text);
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TYPE app.span AS RANGE (subtype = int4);
CREATE DOMAIN app.raw_domain AS app.raw;
CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);
CREATE TABLE app.raws (id int PRIMARY KEY, r app.raw, d app.raw_domain);
INSERT INTO app.raws VALUES (1, '7', '8');
CREATE VIEW app.raw_view AS SELECT r FROM app.raws;
CREATE TYPE app.as AS ENUM ('as');

-- Operators, their classes and families.
CREATE FUNCTION app.pair_eq(app.pair, app.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a';
CREATE FUNCTION app.compare(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE OPERATOR app.=== (FUNCTION = app.pair_eq, LEFTARG = app.pair, RIGHTARG = app.pair, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE FUNCTION app.near(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
CREATE OPERATOR app.~~~ (FUNCTION = app.near, LEFTARG = text, RIGHTARG = text, RESTRICT = lib._int_contains_sel, JOIN = lib._int_contains_joinsel,
  COMMUTATOR = OPERATOR(app.~~~));
CREATE OPERATOR FAMILY app.empty_ops USING btree;
CREATE OPERATOR CLASS app.mod_class FOR TYPE int USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 app.compare(int, int);
COMMENT ON OPERATOR CLASS app.mod_class USING btree IS 'modular';

-- Casts.
CREATE CAST (int AS app.mood) WITH INOUT;
CREATE CAST (app.raw AS oid) WITHOUT FUNCTION;
CREATE CAST (xid AS int) WITHOUT FUNCTION;
CREATE CAST (int AS boolean[]) WITH INOUT;
CREATE FUNCTION app.of_date(date) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (date AS int) WITH FUNCTION app.of_date(date);
COMMENT ON CAST (date AS int) IS 'of nobody';
CREATE FUNCTION app.of_mood(app.mood) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT NULL::date';
CREATE CAST (app.mood AS date) WITH FUNCTION app.of_mood(app.mood);
CREATE CAST (lib.citext AS point) WITH INOUT;
CREATE TABLE app.rows (a int);
CREATE CAST (app.rows AS date) WITH INOUT;
CREATE CAST (app.mood[] AS date) WITH INOUT;
CREATE CAST (app.raw AS app.mood) WITH INOUT;

-- Functions.
CREATE FUNCTION app.tight(int) RETURNS boolean LANGUAGE sql IMMUTABLE LEAKPROOF COST 5 AS 'SELECT true -- LEAKPROOF';
CREATE FUNCTION app.helped(int) RETURNS SETOF int LANGUAGE sql STABLE ROWS 3 SUPPORT generate_series_int4_support AS 'SELECT $1';
CREATE FUNCTION app.own_support(internal) RETURNS internal LANGUAGE internal AS 'generate_series_int4_support';
CREATE FUNCTION app.helped_by_own(int) RETURNS int LANGUAGE sql LEAKPROOF SUPPORT app.own_support BEGIN ATOMIC SELECT $1; END;
CREATE FUNCTION app.replicating() RETURNS int LANGUAGE sql SET session_replication_role TO 'replica' AS 'SELECT 1';
CREATE FUNCTION app.custom() RETURNS int LANGUAGE sql SET app.tenant TO 'x' AS 'SELECT 1';
CREATE PROCEDURE app.logging() LANGUAGE plpgsql SET search_path TO app, pg_temp SET log_statement TO 'all' AS 'BEGIN NULL; END';
CREATE FUNCTION app.frugal() RETURNS int LANGUAGE sql SET work_mem TO '1MB' SET search_path TO app AS 'SELECT 1 -- SET log_statement TO x';
CREATE ROLE super_test_role;
GRANT USAGE ON SCHEMA app TO super_test_role;
CREATE FUNCTION app.as_other() RETURNS int LANGUAGE sql SET role TO 'super_test_role' AS 'SELECT 1';
CREATE TABLE app.shouting (name text DEFAULT app.upper_of('x'));
CREATE TABLE app.users (id int PRIMARY KEY, name text, mail lib.citext UNIQUE, tags int[], mood app.mood,
  n int CHECK (app.tight(n)), during int4range, EXCLUDE USING gist (name WITH =, during WITH &&));
INSERT INTO app.users (id, name, n) VALUES (1, 'ann', 1), (2, 'bob', 2);
GRANT SELECT ON app.users TO super_test_role WITH GRANT OPTION;
SET ROLE super_test_role;
GRANT SELECT ON app.users TO PUBLIC;
RESET ROLE;
ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY tight ON app.users USING (app.tight(n));
CREATE POLICY odd ON app.users USING (app.odd(n) = 1);
CREATE TRIGGER touch BEFORE UPDATE ON app.users FOR EACH ROW EXECUTE FUNCTION app.support();
CREATE TRIGGER stamp BEFORE UPDATE ON app.users FOR EACH ROW EXECUTE FUNCTION lib.moddatetime('x');
CREATE FUNCTION app.old() RETURNS trigger LANGUAGE c AS '$libdir/refint', 'check_primary_key';
CREATE TRIGGER old AFTER UPDATE ON app.users FOR EACH ROW EXECUTE FUNCTION app.old();
CREATE INDEX users_mod ON app.users (n app.mod_class);
CREATE INDEX users_plain ON app.users (n);
CREATE INDEX users_trgm ON app.users USING gin (name lib.gin_trgm_ops);
CREATE INDEX users_tags ON app.users USING gin (tags lib.gin__int_ops);
CREATE INDEX users_bloom ON app.users USING bloom (n);
CREATE INDEX users_text ON app.users (app.upper_of(name));
CREATE VIEW app.tight_view WITH (security_barrier) AS SELECT * FROM app.users WHERE app.tight(n);
CREATE MATERIALIZED VIEW app.odd_view AS SELECT app.upper_of(name) FROM app.users;
CREATE STATISTICS app.users_stats ON n, (app.language(n)) FROM app.users;
CREATE TABLE app.trigrams (name text, EXCLUDE USING gist (name lib.gist_trgm_ops WITH lib.%));
CREATE TABLE app.modular (n int, EXCLUDE USING btree (n app.mod_class WITH =));
CREATE TABLE app.unequal (name text, EXCLUDE USING btree (app.upper_of(name) WITH =));
CREATE TABLE app.equal (name text, EXCLUDE USING btree (lower(name) WITH =));
CREATE TABLE app.near_names (name text CHECK (name OPERATOR(app.~~~) 'x'));
CREATE TABLE app.defaults (a text DEFAULT lib.unaccent('x'), b lib.hstore, c real GENERATED ALWAYS AS (app.trigram('a', 'b')) STORED);
CREATE TABLE app.by_mod (n int) PARTITION BY RANGE (n app.mod_class);
CREATE TABLE app.by_mod_1 PARTITION OF app.by_mod FOR VALUES FROM (1) TO (5);

-- Aggregates.
CREATE AGGREGATE app.collect(anynonarray) (SFUNC = array_agg_transfn, STYPE = internal, FINALFUNC = array_agg_finalfn, FINALFUNC_EXTRA);
CREATE AGGREGATE app.sum_all(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE FUNCTION app.add_raw(int, int) RETURNS int LANGUAGE internal AS 'int4pl';
CREATE AGGREGATE app.sum_raw(int) (SFUNC = app.add_raw, STYPE = int);
CREATE VIEW app.collected AS SELECT app.collect(n) FROM app.users;
CREATE VIEW app.summed AS SELECT app.sum_all(n) FROM app.users;

-- Access methods.
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD gist2 TYPE INDEX HANDLER gisthandler;
COMMENT ON ACCESS METHOD heap2 IS 'twice';
CREATE OPERATOR CLASS app.range_class DEFAULT FOR TYPE int4range USING gist2 AS
  OPERATOR 3 && (anyrange, anyrange), FUNCTION 1 range_gist_consistent(internal, anyrange, smallint, oid, internal), FUNCTION 2 range_gist_union(internal, internal),
  FUNCTION 5 range_gist_penalty(internal, internal, internal), FUNCTION 6 range_gist_picksplit(internal, internal),
  FUNCTION 7 range_gist_same(anyrange, anyrange, internal);
CREATE TABLE app.stored (id int PRIMARY KEY, during int4range) USING heap2;
INSERT INTO app.stored VALUES (1, '[1,2)');
CREATE INDEX stored_during ON app.stored USING gist2 (during);
CREATE TABLE app.excluding (during int4range, EXCLUDE USING gist2 (during WITH &&));
CREATE TABLE app.stored_too (id int) USING heap2;
CREATE MATERIALIZED VIEW app.stored_view USING heap2 AS SELECT id FROM app.stored;
CREATE TABLE app.not_stored (id int);

-- Text search, conversions, collations, transforms.
CREATE TEXT SEARCH PARSER app.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE app.template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY app.odd_dictionary (TEMPLATE = app.template);
CREATE TEXT SEARCH DICTIONARY app.dictionary (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION app.odd_search (PARSER = app.parser);
CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword WITH app.dictionary;
CREATE CONVERSION app.latin FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE COLLATION app.plain (LOCALE = 'C');
CREATE FUNCTION app.to_sql(internal) RETURNS lib.hstore LANGUAGE internal IMMUTABLE AS 'int4recv';
CREATE TRANSFORM FOR lib.hstore LANGUAGE sql (TO SQL WITH FUNCTION app.to_sql(internal));

-- Foreign data, publications, subscriptions, event triggers.
CREATE FOREIGN DATA WRAPPER odd_wrapper;
CREATE SERVER odd_server FOREIGN DATA WRAPPER odd_wrapper;
CREATE USER MAPPING FOR PUBLIC SERVER odd_server;
CREATE FOREIGN TABLE app.far (a int) SERVER odd_server;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE app.file (a int) SERVER files OPTIONS (filename '/nonexistent');
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION few FOR TABLE app.users, TABLES IN SCHEMA lib;
CREATE PUBLICATION "all" FOR TABLE app.rows;
CREATE PUBLICATION nothing;
CREATE SUBSCRIPTION sub CONNECTION 'host=/nonexistent password=x' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER on_ddl ON ddl_command_end EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER on_ddl DISABLE;
SELECT lo_create(4711);
