-- Tables with rows whose expressions alone use extensions, functions and more, beside some that are made of them.
-- psql -f expressions.sql DATABASE, as a superuser of PostgreSQL 15 with its contrib modules.
SET client_min_messages = error;
CREATE SCHEMA app;
CREATE SCHEMA lib;
CREATE EXTENSION "uuid-ossp" WITH SCHEMA lib;
CREATE EXTENSION pgcrypto WITH SCHEMA public;
CREATE EXTENSION citext WITH SCHEMA public;
CREATE EXTENSION hstore WITH SCHEMA lib;
CREATE EXTENSION isn WITH SCHEMA public;
CREATE COLLATION app."Plain" (LOCALE = 'C');
CREATE SEQUENCE app.free;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE FUNCTION app.own(text) RETURNS text LANGUAGE internal IMMUTABLE STRICT AS 'upper';
CREATE FUNCTION app.own(text, text) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'texteq';
CREATE FUNCTION app.kept(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE OPERATOR app.=== (FUNCTION = app.own, LEFTARG = text, RIGHTARG = text);
CREATE TYPE app.price AS (amount int);
CREATE FUNCTION app.price_of(int) RETURNS app.price LANGUAGE internal IMMUTABLE AS 'textin';
UPDATE pg_proc SET prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql'), prosrc = 'SELECT ROW($1)::app.price' WHERE proname = 'price_of';
CREATE CAST (int AS app.price) WITH FUNCTION app.price_of(int) AS ASSIGNMENT;

CREATE TABLE app.orgs (id uuid PRIMARY KEY DEFAULT lib.uuid_generate_v4(), name text DEFAULT 'x, DEFAULT' COLLATE app."Plain" NOT NULL);
INSERT INTO app.orgs (name) VALUES ('a'), ('b');
CREATE TABLE app.users (id int PRIMARY KEY, org uuid REFERENCES app.orgs, token text DEFAULT encode(public.gen_random_bytes(4), 'hex') NOT NULL,
  mail public.citext DEFAULT 'x', other uuid DEFAULT lib.uuid_nil(), n int DEFAULT nextval('app.free'::regclass),
  CONSTRAINT shout CHECK (app.own(token) <> ''), CONSTRAINT "like, me" CHECK (token OPERATOR(app.===) token), CONSTRAINT quiet CHECK (app.kept(token) <> ''));
COMMENT ON CONSTRAINT shout ON app.users IS 'loud';
COMMENT ON CONSTRAINT quiet ON app.users IS 'quiet';
INSERT INTO app.users SELECT 1, id FROM app.orgs LIMIT 1;
CREATE DOMAIN app.code AS text DEFAULT app.own('x') CONSTRAINT "upper (case)" CHECK (VALUE = app.own(VALUE)) CONSTRAINT short CHECK (length(VALUE) < 9);
COMMENT ON CONSTRAINT "upper (case)" ON DOMAIN app.code IS 'loud';
COMMENT ON CONSTRAINT short ON DOMAIN app.code IS 'short';
CREATE TABLE app.coded (id int, c app.code, c2 app.code DEFAULT 'B');
INSERT INTO app.coded VALUES (1, 'A'), (2, 'B');
CREATE TABLE app.generated (id int, name text NOT NULL, slug text GENERATED ALWAYS AS (app.own(name)) STORED NOT NULL,
  plain text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL, CONSTRAINT filled CHECK (slug IS NOT NULL), PRIMARY KEY (id, slug), UNIQUE (slug));
CREATE UNIQUE INDEX generated_distinct ON app.generated (slug) NULLS NOT DISTINCT;
CREATE INDEX generated_slug ON app.generated (slug);
CREATE INDEX generated_name ON app.generated (app.own(name)) WHERE app.own(name) <> '';
ALTER TABLE app.generated REPLICA IDENTITY USING INDEX generated_pkey;
INSERT INTO app.generated VALUES (1, 'a'), (2, 'b');
CREATE TABLE app.referring (slug text REFERENCES app.generated (slug));
INSERT INTO app.referring VALUES ('A');
CREATE TABLE app.parted (id int, name text, slug text GENERATED ALWAYS AS (app.own(name)) STORED NOT NULL, CONSTRAINT c CHECK (app.own(name) <> 'Q')) PARTITION BY RANGE (id);
CREATE TABLE app.part PARTITION OF app.parted FOR VALUES FROM (1) TO (9);
INSERT INTO app.parted VALUES (1, 'a'), (2, 'b');
CREATE TABLE app.heir (more int) INHERITS (app.generated);
INSERT INTO app.heir VALUES (3, 'c');
CREATE TABLE app.typed OF app.price (CONSTRAINT c CHECK (app.own('x') = 'X'));
INSERT INTO app.typed VALUES (1);
CREATE TABLE app.typed_too OF app.price (amount WITH OPTIONS DEFAULT length(app.own('xy')) NOT NULL);
INSERT INTO app.typed_too VALUES (1);
CREATE TABLE app.hidden (id int DEFAULT 1, p app.price DEFAULT 7);
INSERT INTO app.hidden VALUES (1), (2);
CREATE TABLE app.moods (id int DEFAULT 1, mood text DEFAULT ('ok'::app.mood)::text);
INSERT INTO app.moods VALUES (1), (2);
CREATE TABLE app.maps (id int, m text DEFAULT (('a=>1'::lib.hstore) OPERATOR(lib.->) 'a'), CONSTRAINT c CHECK ((m::lib.hstore) IS NOT NULL) NO INHERIT);
INSERT INTO app.maps VALUES (1, 'b=>2');
CREATE VIEW app.orgs_view AS SELECT id, name FROM app.orgs;
ALTER VIEW app.orgs_view ALTER COLUMN id SET DEFAULT lib.uuid_generate_v1();
CREATE TABLE app.books (id int, isbn text DEFAULT '978-0-393-04002-9'::public.isbn13::text);
INSERT INTO app.books VALUES (1);
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER far FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE app.far (id uuid DEFAULT lib.uuid_generate_v4() NOT NULL, CONSTRAINT c CHECK (app.own('x') = 'X')) SERVER far;
CREATE TABLE app.child (more int DEFAULT 2) INHERITS (app.orgs);
ALTER TABLE app.child ALTER name SET DEFAULT app.own('x'), ALTER id SET DEFAULT lib.uuid_nil();
INSERT INTO app.child (more) VALUES (1);
-- What must go.
CREATE TABLE app.mails (mail public.citext);
INSERT INTO app.mails VALUES ('a');
CREATE TABLE app.by_own (name text) PARTITION BY LIST (app.own(name));
