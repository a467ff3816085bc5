import { PgClient } from "@effect/sql-pg"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import type { Node } from "./explain.ts"

/** A busy host's tables: much that is over, much that waits for other runners, a little that matters now. */
export const fill = Effect.flatMap(PgClient.PgClient, (sql) =>
  sql.unsafe(`
    INSERT INTO runner_connector.video (id, state, source_key, source, plan, destination, files, pending_deletion,
      created_at, updated_at, ended_at, revision)
    SELECT gen_random_uuid(), 'Published', 'a', '{}', '{}', 'b', '[]', '[]', now(), now(), now(), 0
    FROM generate_series(1, 5000);
    INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
      video_id, parent_id, created_at, updated_at, revision)
    SELECT gen_random_uuid(),
      CASE WHEN n % 2 = 0 THEN 'other' || n % 7 ELSE 'vod-hls-transcoding' END,
      CASE WHEN n % 2 = 0 THEN 'Pending' ELSE 'Completed' END,
      '{}', '{}', n % 10, 0, 0, gen_random_uuid(), gen_random_uuid(), now(), now(), 3
    FROM generate_series(1, 40000) AS n;
    INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
      labels, due, created_at, updated_at, revision)
    SELECT gen_random_uuid(), 'vod-hls-transcoding', 'Pending', '{}', '{}', -1, 0, 0, '["gpu"]', -n, now(), now(), 0
    FROM generate_series(1, 5000) AS n;
    INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
      tenant, due, created_at, updated_at, revision)
    SELECT gen_random_uuid(), 'vod-hls-transcoding', 'Pending', '{}', '{}', n % 10, 0, 0,
      CASE WHEN n % 4 > 0 THEN 'tenant ' || n % 4 END, n, now(), now(), 0
    FROM generate_series(1, 300) AS n;
    INSERT INTO runner_connector.registration_token (token_hash, hint, created_at, updated_at)
    VALUES ('many', 'many', now(), now());
    INSERT INTO runner_connector.runner (name, token_hash, registration_token_id, last_contact, created_at, updated_at)
    SELECT 'runner ' || n, 'token ' || n, token.id, now(), now(), now()
    FROM generate_series(1, 2000) AS n, runner_connector.registration_token AS token WHERE token.hint = 'many';
  `)
)

/** The queue has a row for each lane, and leases have one. */
const isFloor = (node: Node): boolean => ["queue_lane", "lease_floor"].includes(node["Relation Name"] ?? "")

/** Nothing may be read from one end to the other, and no more than so many rows looked at. */
export const assertCheap = (plans: ReadonlyArray<ReadonlyArray<Node>>, rows: number) => {
  for (const nodes of plans) assertCheapPlan(nodes, rows)
}

const assertCheapPlan = (nodes: ReadonlyArray<Node>, rows: number) => {
  const scans = nodes.filter(
    (node) => node["Node Type"].includes("Scan") && node["Relation Name"] !== undefined && !isFloor(node)
  )
  assert.isNotEmpty(scans)
  deepStrictEqual(
    scans.filter((node) => node["Node Type"] === "Seq Scan"),
    []
  )
  const read = scans.map((node) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"])
  assert.isAtMost(
    read.reduce((sum, some) => sum + Math.round(some), 0),
    rows
  )
}
