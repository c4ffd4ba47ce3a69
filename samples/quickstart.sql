-- A small production database, with what keeps its dump from being restored elsewhere: owners, grants (one of them
-- made by a role that is not the owner), default privileges, policies, a tablespace, large objects and settings of
-- the database.        psql -f quickstart.sql postgres        as a superuser of PostgreSQL 15 or newer.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

------------------------------------------------------------------ what lives outside the database
CREATE ROLE prod_app LOGIN;
CREATE ROLE prod_reporting;
CREATE ROLE prod_auditor;
CREATE ROLE "Ops; ""Night"" Team";

-- A tablespace in the server's own folder, so that this file needs no path.
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE fast_disks OWNER prod_app LOCATION '';
GRANT CREATE ON TABLESPACE fast_disks TO prod_reporting;

CREATE DATABASE shop OWNER prod_app TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
COMMENT ON DATABASE shop IS 'the production database';
ALTER DATABASE shop SET work_mem = '8MB';
ALTER ROLE prod_app IN DATABASE shop SET search_path = shop, public;
ALTER ROLE "Ops; ""Night"" Team" IN DATABASE shop SET statement_timeout = '30s';
REVOKE CONNECT ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO prod_reporting, "Ops; ""Night"" Team";

\c shop
SET client_min_messages = warning;

------------------------------------------------------------------ schemas and default privileges
CREATE SCHEMA shop AUTHORIZATION prod_app;
CREATE SCHEMA reporting AUTHORIZATION prod_reporting;
CREATE SCHEMA ops AUTHORIZATION "Ops; ""Night"" Team";
GRANT USAGE ON SCHEMA shop TO prod_reporting, prod_auditor, "Ops; ""Night"" Team";
ALTER DEFAULT PRIVILEGES FOR ROLE prod_app IN SCHEMA shop GRANT SELECT ON TABLES TO prod_reporting WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE "Ops; ""Night"" Team" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

------------------------------------------------------------------ the shop, of prod_app
SET SESSION AUTHORIZATION prod_app;
CREATE TYPE shop.state AS ENUM ('open', 'paid', 'sent', 'it''s lost');
CREATE TABLE shop.customers (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  note text,
  region text DEFAULT 'north' NOT NULL
);
CREATE TABLE shop.orders (
  id serial PRIMARY KEY,
  customer int NOT NULL REFERENCES shop.customers,
  state shop.state DEFAULT 'open' NOT NULL,
  placed timestamp DEFAULT now() NOT NULL
) TABLESPACE fast_disks;
CREATE TABLE shop.order_lines (
  "order" int NOT NULL REFERENCES shop.orders,
  line int NOT NULL,
  article text NOT NULL,
  cents int CHECK (cents > 0),
  PRIMARY KEY ("order", line) USING INDEX TABLESPACE fast_disks
);
CREATE INDEX orders_placed ON shop.orders (placed) TABLESPACE fast_disks;
COMMENT ON TABLE shop.orders IS 'owned by prod_app; the name in this comment stays';

INSERT INTO shop.customers (name, note, region)
  SELECT 'customer ' || i, CASE i % 3 WHEN 0 THEN E'tab\there, back\\slash' WHEN 1 THEN 'OWNER TO prod_app;' END,
         (ARRAY['north', 'south', 'Übersee'])[1 + i % 3]
  FROM generate_series(1, 500) i;
INSERT INTO shop.orders (customer, state, placed)
  SELECT 1 + i % 500, (enum_range(NULL::shop.state))[1 + i % 4], timestamp '2024-01-01' + i * interval '1 hour'
  FROM generate_series(1, 3000) i;
INSERT INTO shop.order_lines
  SELECT o, l, md5(o::text || l), 100 + o % 900 FROM generate_series(1, 3000) o, generate_series(1, 3) l;

-- Closed to PUBLIC: who may call it is in the privileges alone.
CREATE FUNCTION shop.turnover(day date) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = shop, pg_temp
  AS $$ SELECT sum(cents) FROM order_lines JOIN orders ON orders.id = "order" WHERE placed::date = day $$;
REVOKE EXECUTE ON FUNCTION shop.turnover(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.turnover(date) TO prod_auditor;

-- Policies name their roles; neither -O nor -x of pg_restore looks at them.
ALTER TABLE shop.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_sees_all ON shop.customers TO prod_app USING (true);
CREATE POLICY app_sees_all ON shop.orders TO prod_app USING (true);
CREATE POLICY only_open_ones_go ON shop.orders AS RESTRICTIVE FOR DELETE TO prod_app USING (state = 'open');

GRANT SELECT ON shop.orders, shop.order_lines TO prod_reporting WITH GRANT OPTION;
GRANT SELECT (id, region) ON shop.customers TO prod_reporting, "Ops; ""Night"" Team";
GRANT SELECT, UPDATE ON shop.orders TO "Ops; ""Night"" Team";
RESET SESSION AUTHORIZATION;

-- A grant by a role that is not the owner.
SET SESSION AUTHORIZATION prod_reporting;
GRANT SELECT ON shop.orders, shop.order_lines TO prod_auditor;
CREATE MATERIALIZED VIEW reporting.by_price AS SELECT cents / 100 AS euros, count(*) FROM shop.order_lines GROUP BY 1;
GRANT SELECT ON reporting.by_price TO prod_auditor;
RESET SESSION AUTHORIZATION;

SET SESSION AUTHORIZATION "Ops; ""Night"" Team";
CREATE TABLE ops.events (id bigint PRIMARY KEY, at timestamp DEFAULT now(), what text);
INSERT INTO ops.events SELECT i, timestamp '2024-01-01' + i * interval '1 minute', 'event ' || i FROM generate_series(1, 1000) i;
GRANT SELECT ON ops.events TO prod_app;
RESET SESSION AUTHORIZATION;

------------------------------------------------------------------ large objects
DO $$ BEGIN
  PERFORM lo_from_bytea(70000 + i, decode(repeat(md5(i::text), 500), 'hex')) FROM generate_series(1, 3) i;
END $$;
ALTER LARGE OBJECT 70001 OWNER TO prod_app;
ALTER LARGE OBJECT 70002 OWNER TO prod_app;
ALTER LARGE OBJECT 70003 OWNER TO "Ops; ""Night"" Team";
GRANT SELECT ON LARGE OBJECT 70001 TO prod_reporting;
COMMENT ON LARGE OBJECT 70001 IS 'a scanned invoice';
