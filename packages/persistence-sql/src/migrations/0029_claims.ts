import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

/** The most runners that a job remembers. */
const MAX_REMEMBERED = 100

/** The number of jobs whose backoff is over that compete with the others at once, the longest over first. */
const MAX_RESTED = 100

/** How often a claim is repeated whose candidates all went to simultaneous claims. */
const MAX_REPEATS = 20

/** The tenant and the labels of this table are below their limits. */
const notFull = (table: string) =>
  `coalesce(${table}.tenant, '') <> ALL (full_tenants) AND NOT ${table}.labels ?| full_labels`

// The last element of kept_for is the runner of kept_until. This comes first, because many jobs at the head of a lane are kept
// while many runners request, and the other conditions cost ten times as much.
const notKept = `(also_kept OR job.kept_until IS NULL OR job.kept_until <= moment
  OR job.kept_for[cardinality(job.kept_for)] = runner)`

/** The runner may see the job. */
const isFor = `${notKept}
  AND job.state = 'Pending'
  AND (job.not_before IS NULL OR job.not_before <= moment)
  AND job.requirements <@ known_requirements
  AND NOT job.avoided @> to_jsonb(runner)
  AND job.labels <@ own_labels
  AND job.id <> ALL (excluded)
  AND ${notFull("job")}`

/** The turn of each tenant that was served lately, from 1 on. Every other tenant comes before. */
const served = "unnest(served_tenants) WITH ORDINALITY AS served (name, turn)"

/**
 * The first jobs of a type that have no backoff. Lanes of tenants with the same turn form a level, whose jobs are merged in
 * their order. Reads the levels by their turn, and stops when there are enough jobs.
 */
const fresh = `
  SELECT found.id, level.turn, found.due, found.sequence
  FROM (
    SELECT lane.turn, array_agg(lane.lane) AS lanes, array_agg(lane.floor) AS floors
    FROM (
      SELECT lane.lane, min(lane.floor) AS floor, coalesce(min(served.turn), 0) AS turn
      FROM runner_connector.queue_lane lane LEFT JOIN ${served} ON served.name = coalesce(lane.tenant, '')
      WHERE lane.type = wanted.type AND lane.requirements <@ known_requirements AND lane.labels <@ own_labels
        AND ${notFull("lane")}
      GROUP BY lane.lane
    ) AS lane
    GROUP BY lane.turn ORDER BY lane.turn
  ) AS level
  CROSS JOIN LATERAL (
    SELECT head.id, head.due, head.sequence
    FROM unnest(level.lanes, level.floors) AS known (lane, floor)
    CROSS JOIN LATERAL (
      SELECT job.id, job.due, job.sequence FROM runner_connector.runner_job job
      WHERE job.lane = known.lane AND job.due >= known.floor
        AND (job.state = 'Pending' AND job.not_before IS NULL) IS TRUE
        AND CASE WHEN ${isFor} THEN true END
      ORDER BY job.due, job.sequence
      LIMIT max_jobs
    ) AS head
    ORDER BY head.due, head.sequence
    LIMIT max_jobs
  ) AS found
  LIMIT max_jobs`

/** Jobs of a type whose backoff is over. They are in no lane. */
const rested = `
  SELECT over.id, coalesce(served.turn, 0) AS turn, over.due, over.sequence
  FROM (
    SELECT job.id, job.tenant, job.due, job.sequence FROM runner_connector.runner_job job
    WHERE job.type = wanted.type AND job.not_before <= moment AND ${isFor}
    ORDER BY job.not_before
    LIMIT ${MAX_RESTED}
  ) AS over
  LEFT JOIN ${served} ON served.name = coalesce(over.tenant, '')`

/** The first jobs of each type, in the order of the queue: urgent types, then by the turn of their tenants. */
const candidates = `
  SELECT best.id FROM (
    SELECT ranked.id, ranked.turn, ranked.due, ranked.sequence
    FROM unnest(wanted_types) AS wanted (type)
    CROSS JOIN LATERAL (
      SELECT pending.id, pending.due, pending.sequence,
        CASE WHEN wanted.type = ANY (urgent_types) THEN -1 ELSE pending.turn END AS turn,
        row_number() OVER (ORDER BY pending.turn, pending.due, pending.sequence) AS place
      FROM ((${fresh}) UNION ALL (${rested})) AS pending
    ) AS ranked
    ORDER BY ranked.place > 1, ranked.turn, ranked.due, ranked.sequence
    LIMIT max_jobs
  ) AS best
  ORDER BY best.turn, best.due, best.sequence`

/** Locks a candidate if the runner may still see it. CASE hides the conditions from the planner: it finds the job by its id. */
const lock = (waiting: "" | "SKIP LOCKED") => `
  PERFORM FROM runner_connector.runner_job job
  WHERE job.id = candidates[chosen] AND CASE WHEN ${isFor} THEN true END
  FOR UPDATE ${waiting};`

const keepAndList = `
  UPDATE runner_connector.runner_job job
  SET kept_until = until,
    kept_for = array_append(job.kept_for[greatest(1, cardinality(job.kept_for) - ${MAX_REMEMBERED - 2}):], runner)
  WHERE job.id = candidates[chosen] AND NOT (runner = ANY (job.kept_for));
  RETURN QUERY
    SELECT job.* FROM unnest(candidates[chosen:]) WITH ORDINALITY AS candidate (id, place)
    CROSS JOIN LATERAL (
      SELECT * FROM runner_connector.runner_job WHERE runner_job.id = candidate.id OFFSET 0
    ) AS job
    WHERE ${isFor}
    ORDER BY candidate.place;
  RETURN;`

// A plan for each call took longer than the call. So plans are kept for all values, and the settings leave the planner no
// choice: it reads the candidates from the index of pending jobs, and each job by its id. Without them it would keep a plan
// that it made while the queue was empty, and read all pending jobs for each claim.
//
// The candidates of each type come straight from the index, so neither finished jobs nor pending ones of other types cost
// anything. The first candidate that no simultaneous claim has locked is kept for the runner. Its conditions are checked again
// on the locked row, which may be newer than the candidate. With also_kept the first candidate is waited for, so that no job is
// missed. Candidates before the first one belong to other claims and are not listed.
const claim = `
  CREATE FUNCTION runner_connector.claim_jobs (
    runner integer, wanted_types text[], known_requirements jsonb, own_labels jsonb, moment timestamptz, until timestamptz,
    excluded uuid[], urgent_types text[], served_tenants text[], full_tenants text[], full_labels text[],
    also_kept boolean, max_jobs integer
  ) RETURNS SETOF runner_connector.runner_job LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET enable_sort = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET max_parallel_workers_per_gather = 0
    SET jit = off
  AS $$
  DECLARE
    candidates uuid[];
  BEGIN
    FOR repeated IN 0..${MAX_REPEATS} LOOP
      candidates := ARRAY(${candidates});
      EXIT WHEN candidates = '{}';
      FOR chosen IN 1..cardinality(candidates) LOOP
        IF also_kept THEN
          ${lock("")}
        ELSE
          ${lock("SKIP LOCKED")}
        END IF;
        IF FOUND THEN
          ${keepAndList}
        END IF;
      END LOOP;
    END LOOP;
  END $$;
`

/** Makes claims a function, whose plans each connection keeps. */
export const claims: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(claim)
)
