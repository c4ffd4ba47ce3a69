-- What platforms leave in a database: roles, extensions, schemas and event triggers of their own, of all of them at once,
-- beside what belongs to the user. psql -f platforms.sql DATABASE, as a superuser of PostgreSQL 15 or newer.
-- :extensions is a list of the platforms' own extensions, which the test makes available, empty as they are.
SET client_min_messages = warning;

CREATE TEMPORARY TABLE platform_roles AS SELECT unnest('{cloud_admin, neon_superuser, rdsadmin, rds_superuser, rds_iam, cloudsqlsuperuser,
  cloudsqladmin, alloydbsuperuser, azuresu, azure_superuser, azure_pg_admin, replication, anon, authenticated, authenticator, cli_login_postgres,
  dashboard_user, pgbouncer, service_role, supabase_admin, supabase_auth_admin, pgsodium_keymaker, pgtle_admin, doadmin, _dodb, avnadmin, _aiven,
  tsdbadmin, tsdbexplorer, streaming_replica, cnpg_pooler_pgbouncer}'::name[]) AS role;
SELECT format('CREATE ROLE %I', role) FROM platform_roles \gexec
CREATE TABLE public.kept (id int PRIMARY KEY, owner text);
INSERT INTO public.kept SELECT i, 'row ' || i FROM generate_series(1, 20) i;
GRANT SELECT ON public.kept TO PUBLIC;
ALTER TABLE public.kept ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON public.kept USING (true);

-- Each role owns something, was granted something, has default privileges and a policy.
DO $$
DECLARE
  r name;
BEGIN
  FOR r IN SELECT role FROM platform_roles LOOP
    EXECUTE format('CREATE TABLE public.%I (id int)', 'of ' || r);
    EXECUTE format('ALTER TABLE public.%I OWNER TO %I', 'of ' || r, r);
    EXECUTE format('GRANT SELECT ON public.kept TO %I', r);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT ON TABLES TO PUBLIC', r);
    EXECUTE format('CREATE POLICY %I ON public.kept TO %I USING (true)', 'for ' || r, r);
  END LOOP;
END $$;

SELECT format('CREATE EXTENSION %I', name), format('COMMENT ON EXTENSION %I IS %L', name, 'of a platform')
FROM unnest(string_to_array(:'extensions', ' ')) name \gexec

-- Supabase: schemas of its services, and those that hold what belongs to users of the application.
DO $$
DECLARE
  s name;
BEGIN
  FOREACH s IN ARRAY '{_analytics, _realtime, _supavisor, etl, graphql, graphql_public, net, pgbouncer, pgsodium, pgsodium_masks, pgtle, realtime,
    supabase_functions, supabase_migrations, vault, auth, storage}'::name[] LOOP
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION supabase_admin', s);
    EXECUTE format('CREATE TYPE %I.kind AS ENUM (%L)', s, s);
    EXECUTE format('CREATE TABLE %I.items (id int PRIMARY KEY, kind %1$I.kind)', s);
    EXECUTE format('CREATE FUNCTION %I.items() RETURNS SETOF %1$I.items LANGUAGE sql AS %L', s, format('SELECT * FROM %I.items', s));
    EXECUTE format('INSERT INTO %I.items VALUES (1)', s);
  END LOOP;
END $$;
CREATE VIEW public.subscribed AS SELECT id FROM realtime.items;
ALTER TABLE public.kept ADD item int DEFAULT 1 REFERENCES auth.items;
CREATE SCHEMA extensions;
CREATE FUNCTION extensions.pgrst_ddl_watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER pgrst_ddl_watch ON ddl_command_end EXECUTE FUNCTION extensions.pgrst_ddl_watch();
CREATE FUNCTION extensions.grant_pg_net_access() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER issue_pg_net_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION')
  EXECUTE FUNCTION extensions.grant_pg_net_access();
CREATE FUNCTION supabase_functions.http_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER webhook AFTER INSERT ON public.kept FOR EACH ROW
  EXECUTE FUNCTION supabase_functions.http_request('https://example.com', 'POST');
CREATE FUNCTION extensions.mine() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- Heroku: extensions in a schema of their own, watched by functions in another that run with their owner's rights.
CREATE SCHEMA _heroku;
CREATE TABLE _heroku.items AS SELECT 1 AS id;
CREATE SCHEMA heroku_ext;
CREATE EXTENSION hstore WITH SCHEMA heroku_ext;
COMMENT ON EXTENSION hstore IS 'of a platform';
CREATE FUNCTION _heroku.create_ext() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN END$$;
CREATE FUNCTION _heroku.grant_table_if_exists(text, text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN END$$;
CREATE EVENT TRIGGER log_create_ext ON ddl_command_end EXECUTE FUNCTION _heroku.create_ext();
ALTER TABLE public.kept ADD tags heroku_ext.hstore DEFAULT 'a=>1';

-- Azure: privileges on the catalog.
GRANT SELECT ON pg_catalog.pg_authid TO azure_pg_admin;
REVOKE SELECT ON pg_catalog.pg_user FROM PUBLIC;
