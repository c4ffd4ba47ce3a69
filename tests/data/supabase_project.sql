-- What somebody makes in a project of Supabase: psql -f supabase_project.sql DATABASE, behind supabase_platform.sql, with
-- postgres as :owner there.
SET client_min_messages = warning;
INSERT INTO auth.users SELECT md5(i::text)::uuid, 'user' || i || '@example.com' FROM generate_series(1, 20) i;
INSERT INTO auth.identities (user_id) SELECT id FROM auth.users;
INSERT INTO storage.buckets VALUES ('avatars');
INSERT INTO storage.objects (bucket, owner) SELECT 'avatars', id FROM auth.users;
INSERT INTO realtime.messages (topic, at) VALUES ('x', '2026-05-05');
INSERT INTO supabase_functions.hooks (hook_name) VALUES ('new_profile');

CREATE TABLE public.profiles (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, name text, level auth.aal_level);
INSERT INTO public.profiles SELECT id, email, level FROM auth.users;
ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.profiles TO authenticated USING (id = auth.uid());
CREATE POLICY readers ON public.profiles FOR SELECT TO anon, authenticated USING (true);
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
GRANT SELECT ON public.profiles TO anon;
GRANT ALL ON public.profiles TO authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES TO anon;
-- of the platform, which the role that restores may not
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA storage GRANT ALL ON TABLES TO anon, authenticated;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON TABLES TO anon;

CREATE FUNCTION public.new_user() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.new_user();
CREATE TRIGGER hook AFTER INSERT ON public.profiles FOR EACH ROW EXECUTE FUNCTION supabase_functions.http_request('https://example.com', 'POST');
CREATE POLICY "own files" ON storage.objects TO authenticated USING (owner = auth.uid());
CREATE POLICY listeners ON realtime.messages FOR SELECT TO authenticated USING (topic = 'x');
ALTER PUBLICATION supabase_realtime ADD TABLE public.profiles;
