import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"
import { FLOOR_LOCK } from "../floorLock.ts"

// While a long transaction is open, rows that changed meanwhile stay in the indexes. Jobs that were claimed would have to
// be passed at the head of the queue by every claim. No pending job of a level, which rests no longer, has a smaller number
// than its floor, and no job in hand began before the floor of leases.
const tables = `
  CREATE TABLE runner_connector.queue_floor (
    type text NOT NULL,
    priority integer NOT NULL,
    floor bigint NOT NULL,
    PRIMARY KEY (type, priority)
  ) WITH (fillfactor = 50);
  INSERT INTO runner_connector.queue_floor (type, priority, floor)
    SELECT type, priority, min(sequence) FROM runner_connector.runner_job WHERE state = 'Pending' GROUP BY type, priority;
  CREATE TABLE runner_connector.lease_floor (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    floor timestamptz NOT NULL
  ) WITH (fillfactor = 50);
  INSERT INTO runner_connector.lease_floor (floor) VALUES ('-infinity');
`

const indexes = `
  DROP INDEX runner_connector.runner_job_in_hand;
  CREATE INDEX runner_job_in_hand ON runner_connector.runner_job (state, coalesce(started_at, created_at))
    WHERE state IN ('Processing', 'Completing');
  CREATE INDEX runner_job_resting ON runner_connector.runner_job (type, not_before)
    WHERE state = 'Pending' AND not_before IS NOT NULL;
  CREATE INDEX runner_job_finished ON runner_connector.runner_job (finished_at) WHERE finished_at IS NOT NULL;
`

// The shared lock is held until the job is visible, and floors are raised under the exclusive one. So the raising statement
// sees the job, or this function sees the raised floor. Each statement of the function has a snapshot of its own.
const triggers = `
  CREATE FUNCTION runner_connector.lower_queue_floor() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(${FLOOR_LOCK});
    UPDATE runner_connector.queue_floor SET floor = NEW.sequence
      WHERE type = NEW.type AND priority = NEW.priority AND floor > NEW.sequence;
    IF NOT FOUND AND NOT EXISTS (
      SELECT FROM runner_connector.queue_floor WHERE type = NEW.type AND priority = NEW.priority
    ) THEN
      INSERT INTO runner_connector.queue_floor AS level (type, priority, floor)
        VALUES (NEW.type, NEW.priority, NEW.sequence)
        ON CONFLICT (type, priority) DO UPDATE SET floor = least(level.floor, EXCLUDED.floor);
    END IF;
    RETURN NULL;
  END $$;
  CREATE FUNCTION runner_connector.lower_lease_floor() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(${FLOOR_LOCK});
    UPDATE runner_connector.lease_floor SET floor = coalesce(NEW.started_at, NEW.created_at)
      WHERE floor > coalesce(NEW.started_at, NEW.created_at);
    RETURN NULL;
  END $$;
  CREATE TRIGGER pending_inserted AFTER INSERT ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state = 'Pending') EXECUTE FUNCTION runner_connector.lower_queue_floor();
  CREATE TRIGGER pending_updated AFTER UPDATE ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state = 'Pending' AND (OLD.state <> 'Pending' OR OLD.priority <> NEW.priority
      OR OLD.not_before IS DISTINCT FROM NEW.not_before OR OLD.type <> NEW.type))
    EXECUTE FUNCTION runner_connector.lower_queue_floor();
  CREATE TRIGGER lease_inserted AFTER INSERT ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state IN ('Processing', 'Completing'))
    EXECUTE FUNCTION runner_connector.lower_lease_floor();
  CREATE TRIGGER lease_updated AFTER UPDATE ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state IN ('Processing', 'Completing')
      AND (OLD.state NOT IN ('Processing', 'Completing') OR OLD.started_at IS DISTINCT FROM NEW.started_at))
    EXECUTE FUNCTION runner_connector.lower_lease_floor();
`

/** Adds lower bounds for the scans of the queue and of leases, and the index of finished jobs. */
export const floors: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statements of [tables, indexes, triggers]) yield* sql.unsafe(statements)
})
