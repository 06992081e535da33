-- Who may do what in the two databases. Run it in both, as a superuser, after every `manage.py migrate`:
--
--     psql -v ON_ERROR_STOP=1 --dbname people  --file deploy/postgresql-roles.sql
--     psql -v ON_ERROR_STOP=1 --dbname answers --file deploy/postgresql-roles.sql
--
-- It can be run again and again, and finds out by the tables which of the two it is in. Passwords (or
-- certificates) are not given here: `ALTER ROLE egs_web PASSWORD …`, or \password in psql.
--
--     role         runs as                                      people                              answers
--     egs_web      gunicorn, `work`                             everything; of the inbox INSERT     CONNECT alone
--     egs_close    `close`, `seal_keys`, `give_up`: its own,    what closing needs; owns the inbox  writes
--                  with SEAL_KEY_FILE, without network
--     egs_report   `release`, `report`, `export`                what was asked; nobody who took      reads
--                                                               part; adds releases
--     egs_backup   `backup`                                     reads                               reads
--
-- egs_close and egs_report need KEY_FILE with «pairs» too, each a copy of its own (mode 600): without it no
-- answers are paired. The web's own file may lack it.
--
-- Whoever migrates owns all other tables, and is a member of egs_close, so that it can migrate the inbox too.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['egs_web', 'egs_close', 'egs_report', 'egs_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', name);
        END IF;
        -- what an earlier version of this file gave is taken back first
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', name);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', name);
        EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I', name);
        EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), name);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO egs_backup;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO egs_backup;
    GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO egs_backup;
END
$$;

-- ── people ──────────────────────────────────────────────────────────────────────────────────────────
DO $$
DECLARE
    name text;
BEGIN
    IF to_regclass('public.evaluation_sealedanswer') IS NULL THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA public TO egs_web, egs_close, egs_report;

    -- the web: everything, but that it can neither read nor delete what waits sealed
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO egs_web;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO egs_web;
    REVOKE ALL ON evaluation_sealedanswer, evaluation_sealednames FROM egs_web;
    GRANT INSERT ON evaluation_sealedanswer, evaluation_sealednames TO egs_web;
    REVOKE ALL ON evaluation_withdrawal FROM egs_web; -- nor find again what somebody took back
    GRANT INSERT ON evaluation_withdrawal TO egs_web;

    -- closing: the inbox is its own, so that it may VACUUM it; names for redaction, and nothing of a login
    FOR name IN SELECT tableowner FROM pg_tables
        WHERE schemaname = 'public' AND tablename = 'evaluation_occasion' AND tableowner <> 'egs_close' LOOP
        EXECUTE format('GRANT egs_close TO %I', name);
    END LOOP;
    ALTER TABLE evaluation_sealedanswer OWNER TO egs_close;
    ALTER TABLE evaluation_sealednames OWNER TO egs_close;
    GRANT ALL ON evaluation_sealedanswer, evaluation_sealednames TO egs_close; -- taken from the owner too, above
    FOREACH name IN ARRAY ARRAY[
        'adult', 'assignment', 'edition', 'enrolment', 'evening', 'family', 'group', 'group_municipalities',
        'module', 'municipality', 'programme', 'region', 'role'
    ] LOOP
        EXECUTE format('GRANT SELECT ON %I TO egs_close', 'courses_' || name);
    END LOOP;
    GRANT SELECT (id, first_name, last_name) ON courses_user TO egs_close;
    GRANT SELECT (id, evening_id, name) ON courses_walkin TO egs_close;
    GRANT SELECT (adult_id, neighbour_id) ON courses_catchup TO egs_close;
    FOREACH name IN ARRAY ARRAY[
        'consent', 'eveningverdict', 'householdsalt', 'information', 'instrument', 'instrumentversion',
        'keyedsheet', 'occasion', 'paperenvelope', 'participation', 'study', 'wave', 'waveinstrument', 'withdrawal'
    ] LOOP
        EXECUTE format('GRANT SELECT ON %I TO egs_close', 'evaluation_' || name);
    END LOOP;
    GRANT UPDATE (state, batch, public_key, asked, asked_families, given_up_on, given_up_by, lost_answers)
        ON evaluation_occasion TO egs_close;
    GRANT UPDATE (state, draft_key, has_sheet) ON evaluation_participation TO egs_close;
    GRANT UPDATE (key_fingerprint, sunset_done_on, taken_back_on) ON evaluation_study TO egs_close;
    GRANT DELETE ON evaluation_keyedsheet, evaluation_paperenvelope, evaluation_withdrawal TO egs_close;
    GRANT INSERT ON evaluation_eveningverdict TO egs_close;
    GRANT SELECT (wave_id, phase) ON evaluation_release TO egs_close; -- «unpair» waits for them
    GRANT SELECT, INSERT ON courses_auditevent TO egs_close;

    -- reports: what was asked and of which groups, and of people nothing: what is told of them stands in the
    -- draft, counted by the web when a preview was asked for (evaluation/releases/people.py)
    FOREACH name IN ARRAY ARRAY[
        'criterion', 'eveningverdict', 'instrument', 'instrumentversion', 'occasion', 'release',
        'releasedraft', 'releasednumber', 'releasedpicture', 'study', 'wave', 'waveinstrument'
    ] LOOP
        EXECUTE format('GRANT SELECT ON %I TO egs_report', 'evaluation_' || name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY[
        'correction', 'edition', 'editionmodule', 'editionpart', 'evening', 'group', 'group_municipalities',
        'module', 'municipality', 'parttext', 'programme', 'region'
    ] LOOP
        EXECUTE format('GRANT SELECT ON %I TO egs_report', 'courses_' || name);
    END LOOP;
    GRANT INSERT ON evaluation_release, evaluation_releasednumber, evaluation_releasedpicture TO egs_report;
    GRANT UPDATE (state, why, content), DELETE ON evaluation_releasedraft TO egs_report;
    GRANT UPDATE (name_nn) ON evaluation_study TO egs_report; -- a row is held by whoever may change a column
    GRANT SELECT ON wagtaildocs_document TO egs_report; -- the report's own Word template
    GRANT INSERT, SELECT (id) ON courses_auditevent TO egs_report;
END
$$;

-- ── answers: the web has no right here but to connect, which its health page asks for ─────────────────
DO $$
DECLARE
    name text;
BEGIN
    IF to_regclass('public.evaluation_response') IS NULL THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA public TO egs_close, egs_report;
    -- its own, so that it may VACUUM the pairs out of it at the end; what it may write there stands below
    FOR name IN SELECT tableowner FROM pg_tables
        WHERE schemaname = 'public' AND tablename = 'evaluation_textanswer' AND tableowner <> 'egs_close' LOOP
        EXECUTE format('GRANT egs_close TO %I', name);
    END LOOP;
    ALTER TABLE evaluation_response OWNER TO egs_close;
    REVOKE ALL ON evaluation_response FROM egs_close;
    GRANT SELECT, INSERT ON evaluation_closingbatch, evaluation_textanswer TO egs_close;
    GRANT SELECT, INSERT, DELETE ON evaluation_response TO egs_close;
    GRANT UPDATE (pair_id, household_id) ON evaluation_response TO egs_close; -- taken out at the end: «unpair»
    GRANT SELECT ON evaluation_response, evaluation_textanswer TO egs_report;
END
$$;
