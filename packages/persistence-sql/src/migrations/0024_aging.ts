import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"
import { FLOOR_LOCK } from "../floorLock.ts"

// The domain computes when the turn of a job comes, and the store writes it. So jobs of different priorities are in one lane,
// and the jobs of a lane age alike. The formula is the one of the domain at the time of this migration, for jobs that are
// there already.
const due = `
  DROP TRIGGER pending_inserted ON runner_connector.runner_job;
  DROP TRIGGER pending_updated ON runner_connector.runner_job;
  DROP FUNCTION runner_connector.enter_lane();
  DROP TABLE runner_connector.queue_lane;
  ALTER TABLE runner_connector.runner_job
    DROP COLUMN lane,
    ADD COLUMN due bigint NOT NULL DEFAULT 0;
  ALTER TABLE runner_connector.runner_job
    ADD COLUMN lane uuid GENERATED ALWAYS AS (md5(
      type || chr(10) || requirements::text || chr(10) || labels::text || chr(10) || coalesce(tenant, chr(10))
    )::uuid) STORED;
  UPDATE runner_connector.runner_job SET due = round(
      extract(epoch FROM created_at) * 1000 + level.number * 86400000 + least(level.own, 100) * 60000
        + 80400000 * (greatest(0, level.own - 100) / (greatest(0, level.own - 100) + 24.0))
    )
    FROM (
      SELECT id, floor(priority / 1000000.0) AS number, priority - floor(priority / 1000000.0) * 1000000 AS own
      FROM runner_connector.runner_job
      WHERE state IN ('Pending', 'WaitingForParent', 'Processing', 'Completing')
    ) AS level
    WHERE level.id = runner_job.id;
`

// Pending jobs that any runner can do alike, and that have the same tenant, form a lane: the first of it is the best of it.
// No job of a lane is due before its lowest floor, which leads past the entries of jobs that have left the lane. A lane may have
// several rows, because a unique one would let writers wait for each other's transactions.
const lanes = `
  CREATE TABLE runner_connector.queue_lane (
    lane uuid NOT NULL,
    type text NOT NULL,
    requirements jsonb NOT NULL,
    labels jsonb NOT NULL,
    tenant text,
    floor bigint NOT NULL
  ) WITH (fillfactor = 50);
  CREATE INDEX queue_lane_type ON runner_connector.queue_lane (type);
  CREATE INDEX queue_lane_lane ON runner_connector.queue_lane (lane);
  INSERT INTO runner_connector.queue_lane (lane, type, requirements, labels, tenant, floor)
    SELECT lane, type, requirements, labels, tenant, min(due) FROM runner_connector.runner_job
    WHERE state = 'Pending' AND not_before IS NULL GROUP BY lane, type, requirements, labels, tenant;
  CREATE INDEX runner_job_pending ON runner_connector.runner_job (lane, due, sequence)
    WHERE state = 'Pending' AND not_before IS NULL;
`

// The shared lock is held until the job is visible, and lanes are raised and removed under the exclusive one. So the raising
// statement sees the job, or this function sees the raised floor. Each statement of the function has a snapshot of its own.
const triggers = `
  CREATE FUNCTION runner_connector.enter_lane() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(${FLOOR_LOCK});
    IF NOT EXISTS (
      SELECT FROM runner_connector.queue_lane WHERE lane = NEW.lane AND floor <= NEW.due
    ) THEN
      INSERT INTO runner_connector.queue_lane (lane, type, requirements, labels, tenant, floor)
        VALUES (NEW.lane, NEW.type, NEW.requirements, NEW.labels, NEW.tenant, NEW.due);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER pending_inserted AFTER INSERT ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state = 'Pending' AND NEW.not_before IS NULL)
    EXECUTE FUNCTION runner_connector.enter_lane();
  CREATE TRIGGER pending_updated AFTER UPDATE ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state = 'Pending' AND NEW.not_before IS NULL
      AND (OLD.state <> 'Pending' OR OLD.lane <> NEW.lane OR OLD.due > NEW.due OR OLD.not_before IS NOT NULL))
    EXECUTE FUNCTION runner_connector.enter_lane();
`

/** Orders the pending jobs of a tenant by the moment when their turn comes, so that waiting jobs age. */
export const aging: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statements of [due, lanes, triggers]) yield* sql.unsafe(statements)
})
