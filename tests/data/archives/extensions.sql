-- What extensions/*.dump were made from, on a server of PostgreSQL 15 with Debian's packages of PostGIS 3.3, pg_cron 1.4,
-- pg_partman 4.7, periods 1.2 and HypoPG 1.3; cron and own by the pg_dump of 19 with --statistics.

-- geo
CREATE EXTENSION postgis;
CREATE EXTENSION postgis_topology;
CREATE EXTENSION fuzzystrmatch;
CREATE EXTENSION postgis_tiger_geocoder;
CREATE EXTENSION hypopg;
CREATE SCHEMA app;
CREATE TABLE app.places (id int PRIMARY KEY, at geometry(point, 4326));
INSERT INTO app.places VALUES (1, 'srid=4326;point(1 2)');
CREATE TABLE app.plain (id serial PRIMARY KEY, n text DEFAULT 'x');
INSERT INTO app.plain (n) VALUES ('a');
INSERT INTO spatial_ref_sys VALUES (990001, 'mine', 1, 'x', 'x');
SELECT topology.CreateTopology('city', 4326);

-- cron: cron.database_name names it, and shared_preload_libraries has pg_cron
CREATE EXTENSION pg_cron;
CREATE EXTENSION hypopg;
CREATE TABLE t (id int PRIMARY KEY, s text);
INSERT INTO t VALUES (1, 'x');
SELECT cron.schedule('nightly', '0 3 * * *', 'vacuum');
INSERT INTO cron.job_run_details (jobid, runid, command) VALUES (1, 1, 'vacuum');
CREATE ROLE web;
GRANT USAGE ON SCHEMA cron TO web;
GRANT EXECUTE ON FUNCTION cron.schedule(text, text) TO web;
ANALYZE;

-- partman
CREATE SCHEMA partman;
CREATE EXTENSION pg_partman SCHEMA partman;
CREATE EXTENSION periods CASCADE;
CREATE EXTENSION hypopg;
CREATE TABLE public.ev (id int NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT partman.create_parent('public.ev', 'at', 'native', 'monthly');
CREATE TABLE public.pp (id int, s date, e date);
INSERT INTO public.pp VALUES (1, '2020-01-01', '2021-01-01');
SELECT periods.add_period('public.pp', 'validity', 's', 'e');

-- series, of a server of PostgreSQL 17 with TimescaleDB 2.19: what ../extended.sql makes

-- own: the extensions, whose scripts come first, are known to nobody
--   gazetteer: CREATE TABLE gaz_system (code int PRIMARY KEY, label text);
--              INSERT INTO gaz_system VALUES (1, 'built in');
--              CREATE SEQUENCE gaz_number;
--              SELECT pg_catalog.pg_extension_config_dump('gaz_system', 'WHERE code > 100');
--              SELECT pg_catalog.pg_extension_config_dump('gaz_number', '');
--   tickets:   CREATE TABLE job (id serial PRIMARY KEY, what text);
--              SELECT pg_catalog.pg_extension_config_dump('job', '');
--              SELECT pg_catalog.pg_extension_config_dump('job_id_seq', '');
--   helpers:   CREATE FUNCTION help_me(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE EXTENSION helpers;
CREATE EXTENSION gazetteer;
CREATE EXTENSION tickets;
CREATE EXTENSION hypopg;
INSERT INTO gaz_system VALUES (101, 'Atlantis');
INSERT INTO job (what) SELECT 'paint' FROM generate_series(1, 50);
CREATE TABLE town (id int PRIMARY KEY, name text);
INSERT INTO town VALUES (1, 'Ys');
GRANT SELECT ON job TO pg_monitor;
GRANT EXECUTE ON FUNCTION help_me(int) TO pg_monitor;
ANALYZE;
