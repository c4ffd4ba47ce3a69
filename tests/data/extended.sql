-- Databases that live on extensions, each of which owns rows, schemas or types that users' objects need:
-- tests/differential/extension_restores_test.py. A line "-- database NAME: EXTENSION..." begins a database; its extensions are made before it.

-- database geo: postgis postgis_raster fuzzystrmatch postgis_topology postgis_tiger_geocoder hypopg
CREATE SCHEMA app;
CREATE TABLE app.places (id int PRIMARY KEY, at geometry(point, 4326), area geography DEFAULT ST_GeogFromText('POINT(0 0)'));
INSERT INTO app.places SELECT n, ST_SetSRID(ST_MakePoint(n, 2), 4326) FROM generate_series(1, 20) n;
CREATE INDEX places_at ON app.places USING gist (at);
CREATE TABLE app.plain (id serial PRIMARY KEY, name text DEFAULT 'x', x float8, y float8, CHECK (ST_X(ST_MakePoint(x, y)) < 100));
INSERT INTO app.plain (name, x, y) SELECT 'n' || n, n, n FROM generate_series(1, 20) n;
CREATE INDEX plain_soundex ON app.plain (soundex(name));
CREATE VIEW app.near AS SELECT p.id FROM app.places p WHERE ST_DWithin(p.at, ST_SetSRID(ST_MakePoint(1, 2), 4326), 3);
CREATE MATERIALIZED VIEW app.hulls AS SELECT ST_Envelope(at) AS hull FROM app.places;
CREATE FUNCTION app.length_of(g geometry) RETURNS float8 LANGUAGE sql AS 'SELECT ST_Length(g)';
CREATE TABLE app.visits (place int REFERENCES app.places, at timestamptz DEFAULT '2026-01-01');
INSERT INTO app.visits (place) SELECT n FROM generate_series(1, 5) n;
INSERT INTO spatial_ref_sys VALUES (990001, 'mine', 1, 'x', 'x');
SELECT topology.CreateTopology('city', 4326);
CREATE TABLE app.parcels (id int PRIMARY KEY);
INSERT INTO app.parcels VALUES (1);
SELECT topology.AddTopoGeometryColumn('city', 'app', 'parcels', 'topo', 'POLYGON');
INSERT INTO tiger.geocode_settings (name, setting, unit, category, short_desc) VALUES ('mine', '1', 'x', 'x', 'x');

-- database cron: pg_cron hypopg
CREATE TABLE public.t (id int PRIMARY KEY, s text);
INSERT INTO public.t VALUES (1, 'x');
SELECT cron.schedule('nightly', '0 3 * * *', 'vacuum');
INSERT INTO cron.job_run_details (jobid, runid, command) VALUES (1, 1, 'vacuum');
CREATE VIEW public.jobs AS SELECT jobname FROM cron.job;
CREATE FUNCTION public.tomorrow() RETURNS bigint LANGUAGE sql AS $$SELECT cron.schedule('once', '0 3 * * *', 'analyze')$$;
GRANT USAGE ON SCHEMA cron TO pg_monitor;
GRANT EXECUTE ON FUNCTION cron.unschedule(bigint) TO pg_monitor;

-- database partman: pg_partman@partman btree_gist periods hypopg
CREATE TABLE public.events (id int NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT partman.create_parent('public.events', 'at', '1 month', p_start_partition := '2026-01-01');
INSERT INTO public.events SELECT n, '2026-02-01'::timestamptz + n * interval '1 day' FROM generate_series(1, 30) n;
CREATE TABLE public.stays (id int, s date, e date);
SELECT periods.add_period('public.stays', 'validity', 's', 'e');
SELECT periods.add_unique_key('public.stays', ARRAY['id'], 'validity');
INSERT INTO public.stays VALUES (1, '2020-01-01', '2021-01-01');
CREATE TABLE public.versions (id int PRIMARY KEY, t text);
SELECT periods.add_system_time_period('public.versions');
SELECT periods.add_system_versioning('public.versions');
INSERT INTO public.versions VALUES (1, 'a');
UPDATE public.versions SET t = 'b';

-- database vectors: vector hypopg
CREATE TABLE public.items (id int PRIMARY KEY, embedding vector(3), note text);
INSERT INTO public.items SELECT n, ARRAY[n, 2, 3]::vector, 'n' FROM generate_series(1, 30) n;
CREATE INDEX items_near ON public.items USING hnsw (embedding vector_l2_ops);
CREATE TABLE public.notes (id int PRIMARY KEY, item int REFERENCES public.items, size int DEFAULT vector_dims('[1,2]'::vector));
INSERT INTO public.notes (id, item) SELECT n, n FROM generate_series(1, 10) n;
CREATE VIEW public.nearest AS SELECT id FROM public.items ORDER BY embedding <-> '[3,1,2]' LIMIT 5;

-- database series: timescaledb hypopg
CREATE TABLE public.metrics (at timestamptz NOT NULL, device int, value float8);
SELECT create_hypertable('public.metrics', 'at', chunk_time_interval => interval '1 day');
CREATE INDEX metrics_device ON public.metrics (device);
INSERT INTO public.metrics SELECT '2026-01-01'::timestamptz + n * interval '6 hours', n % 3, n FROM generate_series(1, 20) n;
CREATE TABLE public.devices (id int PRIMARY KEY, name text);
INSERT INTO public.devices VALUES (0, 'a'), (1, 'b'), (2, 'c');
CREATE VIEW public.daily AS SELECT time_bucket('1 day', at) AS day, avg(value) FROM public.metrics GROUP BY 1;
