-- A project of Supabase as it is when it is new, in little: roles, schemas and what is in them. psql -f supabase_platform.sql
-- DATABASE, as a superuser of PostgreSQL 15 or newer. :owner is the role that restores there, and may what the role postgres
-- may in a project.
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I', role) FROM unnest('{anon, authenticated, service_role, supabase_admin}'::name[]) role
WHERE role NOT IN (SELECT rolname FROM pg_roles) \gexec

SELECT format('CREATE SCHEMA %I AUTHORIZATION supabase_admin', schema)
FROM unnest('{auth, storage, realtime, extensions, graphql_public, supabase_functions, vault}'::name[]) schema \gexec
SET ROLE supabase_admin;

CREATE TYPE auth.aal_level AS ENUM ('aal1', 'aal2');
CREATE TABLE auth.users (id uuid PRIMARY KEY, email varchar(255) UNIQUE, level auth.aal_level DEFAULT 'aal1');
CREATE TABLE auth.identities (id serial PRIMARY KEY, user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
  CONSTRAINT positive CHECK (id > 0));
COMMENT ON TABLE auth.users IS 'of the platform';
CREATE INDEX identities_user ON auth.identities (user_id);
CREATE TABLE auth.schema_migrations (version text PRIMARY KEY);
INSERT INTO auth.schema_migrations VALUES ('1'), ('2');
ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
  AS $$SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid$$;
CREATE TABLE storage.buckets (id text PRIMARY KEY);
CREATE TABLE storage.objects (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bucket text REFERENCES storage.buckets, owner uuid);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION storage.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER touch BEFORE UPDATE ON storage.objects FOR EACH ROW EXECUTE FUNCTION storage.touch();
CREATE TABLE realtime.messages (id bigserial, topic text, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE realtime.messages_1 PARTITION OF realtime.messages FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE FUNCTION graphql_public.graphql() RETURNS jsonb LANGUAGE sql AS $$SELECT '{}'::jsonb$$;
CREATE TABLE supabase_functions.hooks (id bigserial PRIMARY KEY, hook_name text);
CREATE FUNCTION supabase_functions.http_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN RETURN NEW; END$$;
CREATE FUNCTION extensions.grant_pg_net_access() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE FUNCTION extensions.pgrst_ddl_watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
COMMENT ON FUNCTION extensions.grant_pg_net_access IS 'Grants access to pg_net';

RESET ROLE;
CREATE EVENT TRIGGER issue_pg_net_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION')
  EXECUTE FUNCTION extensions.grant_pg_net_access();
CREATE EVENT TRIGGER pgrst_ddl_watch ON ddl_command_end EXECUTE FUNCTION extensions.pgrst_ddl_watch();
CREATE PUBLICATION supabase_realtime;
ALTER PUBLICATION supabase_realtime OWNER TO :"owner";

-- What the platform grants, and what supautils lets the role postgres do with tables that it does not own.
SELECT format('GRANT USAGE ON SCHEMA %I TO anon, authenticated, service_role, %I', schema, :'owner'),
  format('GRANT ALL ON ALL TABLES IN SCHEMA %I TO %I', schema, :'owner'),
  format('GRANT ALL ON ALL SEQUENCES IN SCHEMA %I TO %I', schema, :'owner'),
  format('GRANT ALL ON ALL ROUTINES IN SCHEMA %I TO anon, authenticated, service_role, %I', schema, :'owner')
FROM unnest('{auth, storage, realtime, extensions, graphql_public, supabase_functions}'::name[]) schema \gexec
ALTER TABLE storage.objects OWNER TO :"owner";
ALTER TABLE realtime.messages OWNER TO :"owner";
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA storage GRANT ALL ON TABLES TO anon;
