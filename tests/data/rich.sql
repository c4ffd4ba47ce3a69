-- A database in which much depends on much: for tests of what goes with a dropped object and what merely uses it.
-- psql -f rich.sql DATABASE, as a superuser of PostgreSQL 15 with its contrib modules.
SET client_min_messages = warning;
CREATE SCHEMA app;
CREATE SCHEMA audit;
CREATE SCHEMA "Odd Schema";
CREATE SCHEMA lib;
COMMENT ON SCHEMA audit IS 'who did what';
CREATE EXTENSION citext WITH SCHEMA lib;
CREATE EXTENSION pg_trgm WITH SCHEMA lib;
CREATE EXTENSION btree_gist WITH SCHEMA lib;
CREATE EXTENSION postgres_fdw WITH SCHEMA lib;
CREATE EXTENSION hstore WITH SCHEMA lib;
COMMENT ON EXTENSION hstore IS 'of our own';

-- Types, functions, operators.
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE app.pair AS (a int, b text);
CREATE TYPE app.span AS RANGE (subtype = int4);
CREATE DOMAIN app.positive AS int CONSTRAINT above_zero CHECK (VALUE > 0);
COMMENT ON CONSTRAINT above_zero ON DOMAIN app.positive IS 'checked';
CREATE TYPE app.raw;
CREATE FUNCTION app.raw_in(cstring) RETURNS app.raw LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION app.raw_out(app.raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE app.raw (INPUT = app.raw_in, OUTPUT = app.raw_out, LIKE = int4);
CREATE FUNCTION app.is_even(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0';
CREATE DOMAIN app.even AS int CONSTRAINT is_even CHECK (app.is_even(VALUE));
CREATE FUNCTION app.next_code() RETURNS text LANGUAGE sql AS $$SELECT 'c' || floor(random() * 1e9)::text$$;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE FUNCTION app.mood_of(app.raw) RETURNS app.mood LANGUAGE sql IMMUTABLE AS $$SELECT 'ok'::app.mood$$;
CREATE CAST (app.raw AS app.mood) WITH FUNCTION app.mood_of(app.raw);
CREATE FUNCTION app.same(app.pair, app.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a';
CREATE OPERATOR app.=== (FUNCTION = app.same, LEFTARG = app.pair, RIGHTARG = app.pair);
CREATE AGGREGATE app.sum_all(int) (SFUNC = int4pl, STYPE = int);
CREATE OPERATOR FAMILY app.mod_ops USING btree;
CREATE FUNCTION app.compare(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE OPERATOR CLASS app.mod_class FOR TYPE int USING btree FAMILY app.mod_ops AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 app.compare(int, int);
CREATE TEXT SEARCH DICTIONARY app.plain (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword WITH app.plain;

-- Tables that refer to each other.
CREATE TABLE app.users (id serial PRIMARY KEY, name text NOT NULL, email lib.citext UNIQUE, mood app.mood DEFAULT 'ok',
  boss int REFERENCES app.users, CHECK (length(name) < 100));
COMMENT ON TABLE app.users IS 'people';
COMMENT ON COLUMN app.users.name IS 'how they are called';
COMMENT ON CONSTRAINT users_pkey ON app.users IS 'the key';
INSERT INTO app.users (name, email) VALUES ('ann', 'a@x'), ('bob', 'b@x');
CREATE INDEX users_name ON app.users USING gin (name lib.gin_trgm_ops);
CREATE INDEX users_lower ON app.users (lower(name)) WHERE id > 0;
COMMENT ON INDEX app.users_lower IS 'small';
ALTER TABLE app.users CLUSTER ON users_pkey;
CREATE TABLE app.products (sku text PRIMARY KEY DEFAULT app.next_code(), price app.positive, size app.span, raw app.raw,
  number app.even);
INSERT INTO app.products VALUES ('p1', 3, '[1,3)', '7', 2), ('p2', 4, '[2,9)', '8', 4);
CREATE INDEX products_raw ON app.products (app.mood_of(raw));
CREATE INDEX products_price ON app.products ((price::int) app.mod_class);
CREATE TABLE app.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, buyer int NOT NULL REFERENCES app.users,
  sku text REFERENCES app.products ON DELETE CASCADE, at date NOT NULL DEFAULT '2020-01-01', during app.span,
  EXCLUDE USING gist (sku WITH =, id WITH =));
INSERT INTO app.orders (buyer, sku) VALUES (1, 'p1'), (2, 'p2');
CREATE STATISTICS app.orders_both (dependencies) ON buyer, sku FROM app.orders;
COMMENT ON STATISTICS app.orders_both IS 'together';
CREATE TABLE audit.log (at timestamptz DEFAULT now(), who int REFERENCES app.users (id), old app.users, what text);
INSERT INTO audit.log VALUES (now(), 1, NULL, 'x');
CREATE TABLE app."Odd ""name"".x" (id int PRIMARY KEY, "order" text REFERENCES app.products DEFERRABLE INITIALLY DEFERRED)
  WITH (fillfactor = 70);
INSERT INTO app."Odd ""name"".x" VALUES (1, 'p1');
CREATE TABLE "Odd Schema".users (id int PRIMARY KEY, data lib.hstore);
INSERT INTO "Odd Schema".users VALUES (1, 'a=>1');
CREATE TABLE public."Users" (id int, first_id int DEFAULT currval('app.users_id_seq'));
CREATE TABLE public.users_2 (LIKE app.users);
CREATE TABLE public.user$s (id int);
CREATE TABLE public.users (id int);
CREATE TABLE public.log (id int);
CREATE TABLE public.log_2024 (id int);
CREATE TABLE public.log_2025 (id int);
CREATE TABLE public."log*" (id int);
CREATE TABLE public."a.b" (id int);
CREATE TABLE public."ÄÖ" (id int);
CREATE TABLE app.typed OF app.pair;
CREATE SEQUENCE app.free_seq START 7;
CREATE TABLE app.numbered (n int DEFAULT nextval('app.free_seq'), m int DEFAULT nextval('app.free_seq') * 2);
INSERT INTO app.numbered DEFAULT VALUES;

-- Partitions of partitions, heirs, foreign tables.
CREATE TABLE app.events (id int NOT NULL, day date NOT NULL, who int REFERENCES app.users, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE app.events_2024 PARTITION OF app.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE app.events_2025 PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (id);
CREATE TABLE audit.events_2025_a PARTITION OF app.events_2025 FOR VALUES IN (1, 2);
CREATE TABLE audit.events_2025_b PARTITION OF app.events_2025 DEFAULT;
CREATE INDEX events_who ON app.events (who);
INSERT INTO app.events VALUES (1, '2024-05-01', 1), (1, '2025-05-01', 2), (9, '2025-06-01', 2);
CREATE TABLE app.notes (id int, day date, event int, FOREIGN KEY (event, day) REFERENCES app.events);
INSERT INTO app.notes VALUES (1, '2024-05-01', 1), (2, '2025-05-01', 1);
CREATE TABLE app.base (id int PRIMARY KEY, note text DEFAULT 'b');
CREATE TABLE app.mixin (extra text CHECK (extra <> ''));
CREATE TABLE app.heir (more int) INHERITS (app.base, app.mixin);
CREATE TABLE audit.grandheir (deep int) INHERITS (app.heir);
INSERT INTO app.base VALUES (1); INSERT INTO app.heir VALUES (2, 'x', 'y', 3); INSERT INTO audit.grandheir VALUES (3, 'x', 'y', 3, 4);
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere');
CREATE SERVER "far SERVER too" FOREIGN DATA WRAPPER postgres_fdw;
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'x');
CREATE USER MAPPING FOR CURRENT_USER SERVER "far SERVER too";
CREATE FOREIGN TABLE app.remote (id int, day date) SERVER far;
CREATE TABLE app.measures (at date, value int) PARTITION BY RANGE (at);
CREATE TABLE app.measures_new PARTITION OF app.measures DEFAULT;
CREATE FOREIGN TABLE app.measures_far PARTITION OF app.measures FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') SERVER "far SERVER too";
INSERT INTO app.measures_new VALUES ('2024-01-01', 1);
CREATE FOREIGN TABLE app.remote_heir () INHERITS (app.mixin) SERVER "far SERVER too";
COMMENT ON FOREIGN TABLE app.remote IS 'far away';

-- Views, rules, triggers, policies.
CREATE VIEW app.happy AS SELECT * FROM app.users WHERE mood = 'happy';
ALTER VIEW app.happy ALTER COLUMN name SET DEFAULT 'someone';
COMMENT ON COLUMN app.happy.name IS 'viewed';
CREATE VIEW audit.happy_buyers AS SELECT h.name, o.id FROM app.happy h JOIN app.orders o ON o.buyer = h.id;
CREATE VIEW app.per_user AS SELECT u.id, u.name, count(*) FROM app.users u JOIN app.orders o ON o.buyer = u.id GROUP BY u.id;
COMMENT ON VIEW app.per_user IS 'needs the primary key';
CREATE VIEW app.on_per_user AS SELECT count FROM app.per_user;
CREATE MATERIALIZED VIEW app.totals AS SELECT sku, count(*) AS n FROM app.orders GROUP BY sku;
CREATE UNIQUE INDEX totals_sku ON app.totals (sku);
CREATE MATERIALIZED VIEW audit.top AS SELECT * FROM app.totals WHERE n > 0;
CREATE STATISTICS audit.top_s ON sku, n FROM audit.top;
CREATE RULE log_delete AS ON DELETE TO app.products DO ALSO INSERT INTO audit.log (what) VALUES (OLD.sku);
COMMENT ON RULE log_delete ON app.products IS 'keeps track';
CREATE RULE happy_insert AS ON INSERT TO app.happy DO INSTEAD INSERT INTO app.users (name) VALUES (NEW.name);
CREATE TRIGGER users_touch BEFORE UPDATE OF name ON app.users FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION app.touch();
COMMENT ON TRIGGER users_touch ON app.users IS 'touches';
CREATE TRIGGER events_touch BEFORE INSERT ON app.events FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE CONSTRAINT TRIGGER log_check AFTER INSERT ON audit.log FROM app.users DEFERRABLE FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER happy_touch INSTEAD OF UPDATE ON app.happy FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON app.orders USING (buyer IN (SELECT id FROM app.users)) WITH CHECK (sku IN (SELECT sku FROM app.products));
COMMENT ON POLICY own_orders ON app.orders IS 'only yours';
CREATE POLICY a_users ON app.products USING (EXISTS (SELECT FROM app.happy));
ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.log FORCE ROW LEVEL SECURITY;

-- Routines with bodies that are parsed.
CREATE FUNCTION app.count_users() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM app.users; END;
CREATE FUNCTION app.first_user() RETURNS app.users LANGUAGE sql AS 'SELECT * FROM app.users LIMIT 1';
CREATE PROCEDURE audit.clean() BEGIN ATOMIC DELETE FROM audit.log; END;
CREATE VIEW app.counted AS SELECT app.count_users() AS n;
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER on_ddl ON ddl_command_end WHEN TAG IN ('CREATE AGGREGATE') EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER on_ddl DISABLE;

-- Publications, privileges, large objects.
CREATE PUBLICATION chosen FOR TABLE app.users (id, name), app.orders WHERE (id > 0), app.base;
CREATE PUBLICATION by_schema FOR TABLES IN SCHEMA audit;
CREATE SUBSCRIPTION sub CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
GRANT SELECT ON app.users, app.happy, app.totals, audit.log, app.remote TO PUBLIC;
GRANT SELECT (name) ON app.users TO PUBLIC;
GRANT UPDATE (sku) ON app.orders TO PUBLIC;
GRANT USAGE ON SEQUENCE app.users_id_seq, app.free_seq TO PUBLIC;
GRANT USAGE ON SCHEMA app TO PUBLIC;
GRANT USAGE ON FOREIGN SERVER far TO PUBLIC;
REVOKE ALL ON FUNCTION app.next_code() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT ON TABLES TO PUBLIC;
SELECT FROM lo_create(4711);
COMMENT ON LARGE OBJECT 4711 IS 'one';
GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC;
SELECT FROM lo_create(4712);
