-- The database of an application whose people were superusers: something of every kind that a server can hold.
-- psql -f shop.sql DATABASE, as a superuser of PostgreSQL 15 or newer with its contrib modules, in an empty database.
-- What a managed server cannot take stands under "superuser". Contrib has no provider of security labels that runs
-- without SELinux, so their rows are put into the catalog by hand.
SET client_min_messages = warning;
SET allow_in_place_tablespaces = on;
CREATE ROLE shop_owner;
CREATE ROLE shop_reader;
CREATE ROLE shop_writer LOGIN;
CREATE ROLE "Shop ""Admin""";
CREATE TABLESPACE shop_fast OWNER shop_owner LOCATION '';
CREATE TABLESPACE "Shop Archive" LOCATION '';
GRANT CREATE ON TABLESPACE shop_fast TO shop_owner;

CREATE SCHEMA shop AUTHORIZATION shop_owner;
CREATE SCHEMA audit AUTHORIZATION "Shop ""Admin""";
CREATE SCHEMA lib;
CREATE SCHEMA "Odd Names";
COMMENT ON SCHEMA shop IS 'what is sold';
COMMENT ON SCHEMA public IS 'ours as well';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO shop_reader;
GRANT USAGE ON SCHEMA shop TO shop_reader, shop_writer;

-- Extensions: those that any managed server has, and those that none has.
CREATE EXTENSION citext WITH SCHEMA lib;
CREATE EXTENSION hstore WITH SCHEMA lib;
CREATE EXTENSION pg_trgm WITH SCHEMA lib;
CREATE EXTENSION btree_gist WITH SCHEMA lib;
CREATE EXTENSION btree_gin WITH SCHEMA lib;
CREATE EXTENSION pgcrypto WITH SCHEMA lib;
CREATE EXTENSION ltree WITH SCHEMA lib;
CREATE EXTENSION unaccent WITH SCHEMA lib;
CREATE EXTENSION "uuid-ossp" WITH SCHEMA lib;
CREATE EXTENSION tablefunc WITH SCHEMA lib;
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION dblink WITH SCHEMA lib;
CREATE EXTENSION bloom WITH SCHEMA lib;
CREATE EXTENSION file_fdw WITH SCHEMA lib;
CREATE EXTENSION pageinspect WITH SCHEMA lib;
CREATE EXTENSION seg WITH SCHEMA lib;
COMMENT ON EXTENSION hstore IS 'of our own';
GRANT EXECUTE ON FUNCTION lib.akeys(lib.hstore) TO shop_reader;

SET ROLE shop_owner;
SET search_path = shop;
RESET ROLE;
GRANT CREATE, USAGE ON SCHEMA lib TO shop_owner;
GRANT CREATE ON SCHEMA public, audit TO shop_owner;
SET ROLE shop_owner;

-- Types, routines, operators.
CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
CREATE TYPE address AS (street text, town text);
CREATE TYPE price_range AS RANGE (subtype = numeric);
CREATE DOMAIN amount AS numeric(12, 2) CONSTRAINT not_negative CHECK (VALUE >= 0);
CREATE COLLATION plain FROM "C";
COMMENT ON TYPE state IS 'of an order';
COMMENT ON TYPE address IS 'of a person';
COMMENT ON TYPE price_range IS 'from, to';
COMMENT ON DOMAIN amount IS 'money';
COMMENT ON CONSTRAINT not_negative ON DOMAIN amount IS 'checked';
COMMENT ON COLLATION plain IS 'bytes';
CREATE FUNCTION next_code() RETURNS text LANGUAGE sql AS $$SELECT 'c' || (random() * 1e9)::bigint$$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE FUNCTION secret() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$SELECT 'LANGUAGE c'::text$$;
REVOKE ALL ON FUNCTION secret() FROM PUBLIC;
CREATE FUNCTION total(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 + coalesce($2, 0)';
CREATE AGGREGATE sum_of(numeric) (SFUNC = total, STYPE = numeric, INITCOND = '0');
CREATE FUNCTION same_town(address, address) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.town = $2.town';
CREATE OPERATOR === (FUNCTION = same_town, LEFTARG = address, RIGHTARG = address);
CREATE FUNCTION town_of(address) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.town';
CREATE CAST (address AS text) WITH FUNCTION town_of(address);
CREATE PROCEDURE close_day() LANGUAGE plpgsql AS $$BEGIN COMMIT; END$$;
CREATE FUNCTION is_even(int) RETURNS boolean RETURN $1 % 2 = 0;
COMMENT ON FUNCTION next_code() IS 'random';
COMMENT ON PROCEDURE close_day() IS 'at night';
COMMENT ON AGGREGATE sum_of(numeric) IS 'nulls are zero';
COMMENT ON OPERATOR === (address, address) IS 'neighbours';
COMMENT ON CAST (address AS text) IS 'its town';
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION search (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION search ADD MAPPING FOR asciiword WITH words;
COMMENT ON TEXT SEARCH DICTIONARY words IS 'as they are';
COMMENT ON TEXT SEARCH CONFIGURATION search IS 'of the shop';
CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
COMMENT ON CONVERSION latin IS 'old files';

-- Tables with data.
CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL COLLATE plain, email lib.citext UNIQUE,
  home address, tags lib.hstore, path lib.ltree, born date, boss int REFERENCES people,
  upper_name text GENERATED ALWAYS AS (upper(name)) STORED, key uuid DEFAULT lib.uuid_generate_v4(), CHECK (length(name) < 100));
INSERT INTO people (name, email, home, tags, path, born)
  SELECT 'name ' || i, 'p' || i || '@shop', ('street', 'town ' || i % 7)::address, lib.hstore('n', i::text), ('a.b' || i % 5)::lib.ltree, date '1970-01-01' + i
  FROM generate_series(1, 500) i;
UPDATE people SET boss = id - 1 WHERE id > 1;
CREATE INDEX people_name ON people USING gin (name lib.gin_trgm_ops);
CREATE INDEX people_lower ON people (lower(name)) WHERE id > 0;
CREATE INDEX people_path ON people USING gist (path);
ALTER TABLE people CLUSTER ON people_pkey;
CREATE STATISTICS people_both (dependencies) ON name, born FROM people;
CREATE TABLE products (sku text PRIMARY KEY DEFAULT next_code(), price amount, range price_range, text tsvector) WITH (fillfactor = 70);
INSERT INTO products SELECT 'sku' || i, i, price_range(i, i + 1), to_tsvector('english', 'item ' || i) FROM generate_series(1, 200) i;
CREATE INDEX products_text ON products USING gin (text);
CREATE TABLE orders (id bigserial, at date NOT NULL, buyer int NOT NULL REFERENCES people, sku text REFERENCES products ON DELETE CASCADE,
  state state NOT NULL DEFAULT 'new', PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE orders_2023 PARTITION OF orders FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') TABLESPACE shop_fast;
CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (id);
CREATE TABLE orders_2024_low PARTITION OF orders_2024 FOR VALUES FROM (1) TO (600);
CREATE TABLE orders_2024_rest PARTITION OF orders_2024 DEFAULT;
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
CREATE INDEX orders_sku ON orders (sku) TABLESPACE shop_fast;
INSERT INTO orders (at, buyer, sku, state)
  SELECT date '2022-12-01' + i, 1 + i % 500, 'sku' || (1 + i % 200), (enum_range(NULL::state))[1 + i % 3] FROM generate_series(1, 1000) i;
CREATE TABLE bookings (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));
INSERT INTO bookings SELECT i, tstzrange('2024-01-01', '2024-01-02') FROM generate_series(1, 20) i;
CREATE TABLE base (id int PRIMARY KEY, note text);
CREATE TABLE heir (more int) INHERITS (base);
INSERT INTO base VALUES (1, 'base');
INSERT INTO heir VALUES (2, 'heir', 3);
CREATE TABLE typed OF address (PRIMARY KEY (street));
INSERT INTO typed VALUES ('s', 't');
CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value jsonb);
INSERT INTO cache VALUES ('k', '{"a": 1}');
CREATE TABLE old (id int PRIMARY KEY USING INDEX TABLESPACE shop_fast, photo oid) TABLESPACE shop_fast;
INSERT INTO old SELECT i, i + 70000 FROM generate_series(1, 3) i;
CREATE SEQUENCE ticket START 7 INCREMENT 3;
SELECT FROM nextval('ticket') \gset none_
COMMENT ON TABLE people IS 'customers';
COMMENT ON COLUMN people.name IS 'full';
COMMENT ON CONSTRAINT people_pkey ON people IS 'the key';
COMMENT ON INDEX people_lower IS 'for the search';
COMMENT ON STATISTICS people_both IS 'together';
COMMENT ON SEQUENCE ticket IS 'of the support';

-- Views, rules, triggers, policies.
CREATE VIEW recent AS SELECT o.id, p.name FROM orders o JOIN people p ON p.id = o.buyer WHERE at > '2024-01-01';
CREATE VIEW audit_view WITH (security_barrier) AS SELECT name FROM people WHERE id > 0;
CREATE MATERIALIZED VIEW per_town TABLESPACE shop_fast AS SELECT (home).town, count(*) AS n FROM people GROUP BY 1;
CREATE UNIQUE INDEX per_town_town ON per_town (town);
CREATE MATERIALIZED VIEW later AS SELECT count(*) FROM per_town WITH NO DATA;
CREATE RULE no_delete AS ON DELETE TO audit_view DO INSTEAD NOTHING;
CREATE TRIGGER people_touch BEFORE UPDATE OF name ON people FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION touch();
CREATE TRIGGER orders_touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_see ON people FOR SELECT USING (true);
CREATE POLICY readers ON people FOR SELECT TO shop_reader, "Shop ""Admin""" USING (id > 10);
CREATE POLICY monitors ON people FOR SELECT TO pg_monitor, shop_reader USING (id > 20);
COMMENT ON VIEW recent IS 'for the front page';
COMMENT ON MATERIALIZED VIEW per_town IS 'every night';
COMMENT ON RULE no_delete ON audit_view IS 'kept';
COMMENT ON TRIGGER people_touch ON people IS 'touches';
COMMENT ON POLICY all_see ON people IS 'for everybody';
COMMENT ON POLICY readers ON people IS 'for them alone';
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO shop_reader;
GRANT SELECT ON products TO PUBLIC, pg_monitor;
GRANT SELECT (name) ON people TO shop_writer WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO shop_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
RESET ROLE;
SET ROLE shop_writer;
GRANT SELECT (name) ON people TO "Shop ""Admin""", shop_reader;
RESET ROLE;
ALTER DEFAULT PRIVILEGES FOR ROLE "Shop ""Admin""" GRANT USAGE ON SCHEMAS TO shop_reader;
CREATE TABLE "Odd Names"."Table ""x"".y" (id int, "Größe" text);
INSERT INTO "Odd Names"."Table ""x"".y" VALUES (1, 'ä');
CREATE TABLE audit.log (at timestamptz DEFAULT '2024-01-01', who int REFERENCES shop.people, what text) TABLESPACE "Shop Archive";
ALTER TABLE audit.log OWNER TO "Shop ""Admin""";
INSERT INTO audit.log (who, what) SELECT i, repeat('x', i) FROM generate_series(1, 300) i;

-- Large objects, replication, foreign data that works without a superuser.
SELECT FROM lo_from_bytea(70001, decode(repeat('00ff7a', 3000), 'hex')) \gset none_
SELECT FROM lo_from_bytea(70002, '\x01') \gset none_
SELECT FROM lo_create(70003) \gset none_
ALTER LARGE OBJECT 70001 OWNER TO shop_owner;
GRANT SELECT ON LARGE OBJECT 70001 TO shop_reader;
GRANT SELECT ON LARGE OBJECT 70002 TO PUBLIC;
COMMENT ON LARGE OBJECT 70001 IS 'a photo';
CREATE PUBLICATION chosen FOR TABLE shop.people (id, name), shop.base WHERE (id > 0) WITH (publish = 'insert, update');
CREATE PUBLICATION empty;
ALTER PUBLICATION chosen OWNER TO shop_owner;
COMMENT ON PUBLICATION chosen IS 'to the warehouse';
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere', dbname 'x');
ALTER SERVER far OWNER TO shop_owner;
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'x', password 'y');
CREATE USER MAPPING FOR shop_owner SERVER far OPTIONS (user 'x', password 'y');
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'x', password_required 'false');
CREATE SERVER far_and_sealed FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere');
CREATE USER MAPPING FOR PUBLIC SERVER far_and_sealed OPTIONS (user 'x', sslcert 'c', sslkey 'k');
CREATE FOREIGN TABLE shop.far_people (id int OPTIONS (column_name 'n') NOT NULL, name text) SERVER far OPTIONS (table_name 't');
ALTER FOREIGN TABLE shop.far_people OWNER TO shop_owner;
GRANT USAGE ON FOREIGN SERVER far TO shop_reader;
GRANT SELECT ON shop.far_people TO shop_reader;
COMMENT ON SERVER far IS 'the warehouse';
COMMENT ON FOREIGN TABLE shop.far_people IS 'there';

-- superuser: replication and event triggers.
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION by_schema FOR TABLES IN SCHEMA audit, TABLE shop.base;
COMMENT ON PUBLICATION everything IS 'to the copy';
SET client_min_messages = error;
CREATE SUBSCRIPTION shop_in CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION shop_in IS 'from the factory';
CREATE FUNCTION audit.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER on_ddl ON ddl_command_end WHEN TAG IN ('CREATE AGGREGATE') EXECUTE FUNCTION audit.on_ddl();
ALTER EVENT TRIGGER on_ddl DISABLE;
COMMENT ON EVENT TRIGGER on_ddl IS 'writes a log';

-- superuser: languages, and functions in those that are not trusted.
CREATE FUNCTION lib.handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION lib.inline(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE LANGUAGE plunsafeu HANDLER lib.handler INLINE lib.inline;
COMMENT ON LANGUAGE plunsafeu IS 'can do all';
CREATE TRUSTED LANGUAGE plown HANDLER lib.handler INLINE lib.inline;
GRANT USAGE ON LANGUAGE plown TO shop_reader;
CREATE FUNCTION shop.unsafe(int) RETURNS int LANGUAGE plunsafeu AS $$BEGIN RETURN $1; END$$;
CREATE PROCEDURE shop.unsafe_too() LANGUAGE plunsafeu AS $$BEGIN END$$;
COMMENT ON FUNCTION shop.unsafe(int) IS 'in an untrusted language';
CREATE FUNCTION shop.own(int) RETURNS int LANGUAGE plown AS $$BEGIN RETURN $1; END$$;
CREATE FUNCTION shop.fast_add(int, int) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'int4pl';
CREATE FUNCTION shop.in_c(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE AGGREGATE shop.fast_sum(int) (SFUNC = shop.fast_add, STYPE = int, INITCOND = '0');
CREATE AGGREGATE shop.all_of(anynonarray) (SFUNC = array_agg_transfn, STYPE = internal, FINALFUNC = array_agg_finalfn, FINALFUNC_EXTRA);
CREATE VIEW shop.unsafe_view AS SELECT shop.unsafe(id) FROM shop.people;
CREATE TABLE shop.unsafe_default (id int DEFAULT shop.unsafe(1), note text);
INSERT INTO shop.unsafe_default SELECT i, 'row ' || i FROM generate_series(1, 10) i;
CREATE FUNCTION shop.leakproof(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT $1 = $2';
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));

-- superuser: base types and what is made of them, casts, operator classes, parts of the text search.
CREATE TYPE shop.raw;
CREATE FUNCTION shop.raw_in(cstring) RETURNS shop.raw LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION shop.raw_out(shop.raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE shop.raw (INPUT = shop.raw_in, OUTPUT = shop.raw_out, LIKE = int4);
CREATE TYPE shop.only_shell;
CREATE FUNCTION shop.raw_state(shop.raw) RETURNS shop.state LANGUAGE sql IMMUTABLE AS $$SELECT 'new'::shop.state$$;
CREATE CAST (shop.raw AS shop.state) WITH FUNCTION shop.raw_state(shop.raw);
CREATE CAST (int AS lib.citext) WITH INOUT;
CREATE CAST (point AS text) WITH INOUT;
CREATE CAST (shop.raw AS oid) WITHOUT FUNCTION;
CREATE TABLE shop.raw_values (id int PRIMARY KEY, value shop.raw);
INSERT INTO shop.raw_values VALUES (1, '7'), (2, '8');
CREATE OPERATOR FAMILY shop.mod_ops USING btree;
CREATE FUNCTION shop.compare(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE OPERATOR CLASS shop.mod_class FOR TYPE int USING btree FAMILY shop.mod_ops AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 shop.compare(int, int);
COMMENT ON OPERATOR FAMILY shop.mod_ops USING btree IS 'modulo';
COMMENT ON OPERATOR CLASS shop.mod_class USING btree IS 'modulo';
CREATE INDEX base_mod ON shop.base (id shop.mod_class);
CREATE TEXT SEARCH TEMPLATE shop.template (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH PARSER shop.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH DICTIONARY shop.own_words (TEMPLATE = shop.template);
CREATE TEXT SEARCH CONFIGURATION shop.own_search (PARSER = shop.parser);
COMMENT ON TEXT SEARCH TEMPLATE shop.template IS 'as simple';
COMMENT ON TEXT SEARCH PARSER shop.parser IS 'as default';

-- superuser: access methods, foreign data wrappers.
CREATE ACCESS METHOD shop_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD shop_hash TYPE INDEX HANDLER hashhandler;
COMMENT ON ACCESS METHOD shop_heap IS 'heap under another name';
CREATE OPERATOR CLASS shop.shop_hash_int DEFAULT FOR TYPE int USING shop_hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int);
CREATE TABLE shop.other_heap (id int PRIMARY KEY, note text) USING shop_heap;
INSERT INTO shop.other_heap SELECT i, 'note ' || i FROM generate_series(1, 50) i;
CREATE INDEX other_hash ON shop.other_heap USING shop_hash (id);
CREATE MATERIALIZED VIEW shop.other_view USING shop_heap AS SELECT count(*) FROM shop.other_heap;
CREATE INDEX people_bloom ON shop.people USING bloom (id);
CREATE FOREIGN DATA WRAPPER shop_wrapper OPTIONS (debug 'true');
GRANT USAGE ON FOREIGN DATA WRAPPER shop_wrapper TO shop_reader;
COMMENT ON FOREIGN DATA WRAPPER shop_wrapper IS 'does nothing';
CREATE SERVER own_far FOREIGN DATA WRAPPER shop_wrapper;
CREATE USER MAPPING FOR PUBLIC SERVER own_far;
CREATE FOREIGN TABLE shop.own_far_table (id int) SERVER own_far;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE shop.own_file (line text) SERVER files OPTIONS (filename '/nowhere', format 'text');
CREATE VIEW shop.own_file_view AS SELECT * FROM shop.own_file;
CREATE TABLE shop.segments (id int PRIMARY KEY, part lib.seg);
INSERT INTO shop.segments VALUES (1, '1 .. 2');

-- superuser: privileges on what belongs to the server.
GRANT SELECT ON pg_catalog.pg_authid TO shop_reader;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC;
INSERT INTO pg_seclabel SELECT 'shop.people'::regclass, 'pg_class'::regclass, 0, 'dummy', 'classified';
INSERT INTO pg_seclabel SELECT 'shop'::regnamespace, 'pg_namespace'::regclass, 0, 'dummy', 'classified';
CREATE FUNCTION shop.logs_all() RETURNS void LANGUAGE sql SET log_statement = 'all' AS 'SELECT';
ANALYZE;
