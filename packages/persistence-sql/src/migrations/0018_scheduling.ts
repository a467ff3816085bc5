import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"
import { FLOOR_LOCK } from "../floorLock.ts"

const columns = `
  ALTER TABLE runner_connector.registration_token
    ADD COLUMN labels jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN expires_at timestamptz(3),
    ADD COLUMN max_uses integer,
    ADD COLUMN uses integer NOT NULL DEFAULT 0;
  UPDATE runner_connector.registration_token token
    SET uses = (SELECT count(*) FROM runner_connector.runner WHERE registration_token_id = token.id);
  ALTER TABLE runner_connector.runner
    ADD COLUMN labels jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'draining'));
  ALTER TABLE runner_connector.video
    ADD COLUMN labels jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN tenant text,
    ADD COLUMN priority integer NOT NULL DEFAULT 0;
  ALTER TABLE runner_connector.runner_job
    ADD COLUMN labels jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN tenant text,
    ADD COLUMN lane uuid GENERATED ALWAYS AS (md5(
      type || chr(10) || requirements::text || chr(10) || labels::text || chr(10) || coalesce(tenant, chr(10)) || chr(10)
        || priority::text
    )::uuid) STORED;
`

// Pending jobs that any runner can do alike, and that have the same tenant and priority, form a lane: the first of it is
// the best of it. A request reads the heads of the lanes that its runner can take, so jobs in other lanes cost nothing,
// however many there are. No job of a lane has a smaller number than its lowest floor. While a long transaction is open,
// rows that changed meanwhile stay in the indexes, and the floor leads past them. A lane may have several rows, because a
// unique one would let writers wait for each other's transactions. Resting jobs are found by their own index.
const lanes = `
  CREATE TABLE runner_connector.queue_lane (
    lane uuid NOT NULL,
    type text NOT NULL,
    requirements jsonb NOT NULL,
    labels jsonb NOT NULL,
    tenant text,
    priority integer NOT NULL,
    floor bigint NOT NULL
  ) WITH (fillfactor = 50);
  CREATE INDEX queue_lane_type ON runner_connector.queue_lane (type, priority);
  CREATE INDEX queue_lane_lane ON runner_connector.queue_lane (lane);
  INSERT INTO runner_connector.queue_lane (lane, type, requirements, labels, tenant, priority, floor)
    SELECT lane, type, requirements, labels, tenant, priority, min(sequence) FROM runner_connector.runner_job
    WHERE state = 'Pending' AND not_before IS NULL GROUP BY lane, type, requirements, labels, tenant, priority;
  DROP INDEX runner_connector.runner_job_pending;
  CREATE INDEX runner_job_pending ON runner_connector.runner_job (lane, sequence)
    WHERE state = 'Pending' AND not_before IS NULL;
`

// The shared lock is held until the job is visible, and lanes are raised and removed under the exclusive one. So the raising
// statement sees the job, or this function sees the raised floor. Each statement of the function has a snapshot of its own.
const triggers = `
  DROP TRIGGER pending_inserted ON runner_connector.runner_job;
  DROP TRIGGER pending_updated ON runner_connector.runner_job;
  DROP FUNCTION runner_connector.lower_queue_floor();
  DROP TABLE runner_connector.queue_floor;
  CREATE FUNCTION runner_connector.enter_lane() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(${FLOOR_LOCK});
    IF NOT EXISTS (
      SELECT FROM runner_connector.queue_lane WHERE lane = NEW.lane AND floor <= NEW.sequence
    ) THEN
      INSERT INTO runner_connector.queue_lane (lane, type, requirements, labels, tenant, priority, floor)
        VALUES (NEW.lane, NEW.type, NEW.requirements, NEW.labels, NEW.tenant, NEW.priority, NEW.sequence);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER pending_inserted AFTER INSERT ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state = 'Pending' AND NEW.not_before IS NULL)
    EXECUTE FUNCTION runner_connector.enter_lane();
  CREATE TRIGGER pending_updated AFTER UPDATE ON runner_connector.runner_job
    FOR EACH ROW WHEN (NEW.state = 'Pending' AND NEW.not_before IS NULL
      AND (OLD.state <> 'Pending' OR OLD.lane <> NEW.lane OR OLD.not_before IS NOT NULL))
    EXECUTE FUNCTION runner_connector.enter_lane();
`

/** Adds labels, states of runners, limits of registration tokens, tenants and priorities, and the lanes of the queue. */
export const scheduling: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statements of [columns, lanes, triggers]) yield* sql.unsafe(statements)
})
