-- The tables and functions of a quota store in PostgreSQL 12 or newer. All processes that share a quota
-- use one database. The windows slide on the server's clock; an advisory lock for each group makes
-- its questions wait for one another, and those of other groups not.

CREATE TABLE IF NOT EXISTS defender_quota_groups (
  name text PRIMARY KEY,
  epoch text NOT NULL DEFAULT gen_random_uuid()::text,
  paused_until double precision NOT NULL DEFAULT 0,
  -- By the length of the window: { "60000": { "limit": 50, "at": 1767225600000 } }
  limits jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE IF NOT EXISTS defender_quota_calls (
  group_name text NOT NULL,
  permit text NOT NULL,
  -- When the call arrives at the service at the latest
  arrives_at double precision NOT NULL,
  PRIMARY KEY (group_name, permit)
);

CREATE INDEX IF NOT EXISTS defender_quota_calls_by_arrival
  ON defender_quota_calls (group_name, arrives_at);

CREATE TABLE IF NOT EXISTS defender_quota_processes (
  group_name text NOT NULL,
  process text NOT NULL,
  asked_at double precision NOT NULL,
  PRIMARY KEY (group_name, process)
);

-- Locks a group until the transaction ends, and returns the time in milliseconds.
CREATE OR REPLACE FUNCTION defender_quota_lock(group_of text) RETURNS double precision AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('defender_quota ' || group_of, 0));
  INSERT INTO defender_quota_groups (name) VALUES (group_of) ON CONFLICT DO NOTHING;
  RETURN floor(extract(epoch FROM clock_timestamp()) * 1000);
END
$$ LANGUAGE plpgsql;

-- Takes and returns what `QuotaStore.take` does, as JSON.
CREATE OR REPLACE FUNCTION defender_quota_take(request jsonb) RETURNS jsonb AS $$
DECLARE
  asked text := request->>'group';
  now_ms double precision := defender_quota_lock(asked);
  windows jsonb := request->'windows';
  taking boolean := jsonb_array_length(windows) > 0;
  known boolean;
  wait_ms double precision := 0;
  paused_ms double precision;
  used integer[] := '{}';
  part jsonb;
  leaves_at double precision;
  info defender_quota_groups;
BEGIN
  SELECT * INTO info FROM defender_quota_groups WHERE name = asked;
  paused_ms := greatest(info.paused_until - now_ms, 0);
  INSERT INTO defender_quota_processes VALUES (asked, request->>'process', now_ms)
    ON CONFLICT (group_name, process) DO UPDATE SET asked_at = excluded.asked_at;
  IF taking THEN
    DELETE FROM defender_quota_processes WHERE group_name = asked AND asked_at <=
      now_ms - (SELECT min((w->>'windowMs')::double precision) FROM jsonb_array_elements(windows) w);
    DELETE FROM defender_quota_calls WHERE group_name = asked AND arrives_at <=
      now_ms - (SELECT max((w->>'windowMs')::double precision) FROM jsonb_array_elements(windows) w);
  END IF;
  known := EXISTS (
    SELECT FROM defender_quota_calls WHERE group_name = asked AND permit = request->>'permit'
  );
  FOR part IN SELECT * FROM jsonb_array_elements(windows) LOOP
    used := used || (
      SELECT count(*)::integer FROM defender_quota_calls
      WHERE group_name = asked AND arrives_at > now_ms - (part->>'windowMs')::double precision
    );
    IF used[cardinality(used)] >= (part->>'limit')::integer THEN
      -- The call at that place from the newest must leave the window first.
      SELECT arrives_at INTO leaves_at FROM defender_quota_calls WHERE group_name = asked
        ORDER BY arrives_at DESC OFFSET (part->>'limit')::integer - 1 LIMIT 1;
      wait_ms := greatest(wait_ms, leaves_at + (part->>'windowMs')::double precision - now_ms);
    END IF;
  END LOOP;
  wait_ms := CASE WHEN known THEN 0 ELSE greatest(wait_ms, paused_ms) END;
  IF wait_ms = 0 AND taking AND NOT known THEN
    INSERT INTO defender_quota_calls VALUES
      (asked, request->>'permit', now_ms + 1 + (request->>'transitMs')::double precision);
    used := ARRAY(SELECT count + 1 FROM unnest(used) count);
  END IF;
  RETURN jsonb_build_object(
    'granted', wait_ms = 0,
    'waitMs', ceil(wait_ms),
    'takenAt', now_ms + 1,
    'used', to_jsonb(used),
    'processes', (SELECT count(*) FROM defender_quota_processes WHERE group_name = asked),
    'pausedForMs', paused_ms,
    'limits', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'windowMs', key::double precision, 'limit', value->'limit',
        'ageMs', now_ms - (value->>'at')::double precision
      )) FROM jsonb_each(info.limits)
      WHERE now_ms - (value->>'at')::double precision < 5 * key::double precision
    ), '[]'),
    'epoch', info.epoch
  );
END
$$ LANGUAGE plpgsql;

-- Does what `QuotaStore.settle` does.
CREATE OR REPLACE FUNCTION defender_quota_settle(asked text, settled text, arrived_at double precision)
RETURNS void AS $$
BEGIN
  IF arrived_at IS NULL THEN
    DELETE FROM defender_quota_calls WHERE group_name = asked AND permit = settled;
  ELSE
    UPDATE defender_quota_calls SET arrives_at = arrived_at
      WHERE group_name = asked AND permit = settled;
  END IF;
END
$$ LANGUAGE plpgsql;

-- Does what `QuotaStore.report` does.
CREATE OR REPLACE FUNCTION defender_quota_report(asked text, news jsonb) RETURNS void AS $$
DECLARE
  now_ms double precision := defender_quota_lock(asked);
BEGIN
  UPDATE defender_quota_groups SET
    paused_until = greatest(paused_until, now_ms + coalesce((news->>'pauseMs')::double precision, 0)),
    limits = limits || coalesce((
      SELECT jsonb_object_agg(l->>'windowMs', jsonb_build_object('limit', l->'limit', 'at', now_ms))
      FROM jsonb_array_elements(coalesce(news->'limits', '[]')) l
    ), '{}')
    WHERE name = asked;
  INSERT INTO defender_quota_calls
    SELECT asked, c->>'permit', now_ms - (c->>'ageMs')::double precision
    FROM jsonb_array_elements(coalesce(news->'calls', '[]')) c
    ON CONFLICT DO NOTHING;
END
$$ LANGUAGE plpgsql;
