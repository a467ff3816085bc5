import { createHash } from "node:crypto"
import type { Statement } from "@effect/sql/Statement"
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { aJobId, aTokenHash, aVideoId, someMoment } from "@runner-connector/contracts"
import { EventCursor, FileKey, Ids } from "@runner-connector/core"
import { Effect, Layer, Option } from "effect"
import { claimJobs } from "../src/claimQuery.ts"
import { deleteEvents, selectEvents } from "../src/eventQueries.ts"
import { SqlStores } from "../src/index.ts"
import { countPage, selectPage as selectJobs } from "../src/jobLists.ts"
import { selectFamily, selectOfVideo, selectSilent, updateBeat } from "../src/jobQueries.ts"
import { deleteFinished } from "../src/pruneJobs.ts"
import { selectAvailable } from "../src/queueQueries.ts"
import { selectWorkloads } from "../src/runnerQueries.ts"
import { selectPage as selectVideos } from "../src/videoLists.ts"
import * as Videos from "../src/videoQueries.ts"
import { usePostgres } from "./postgresServer.ts"

const database = Layer.provideMerge(SqlStores.layerStores, usePostgres().database)

const VIDEOS = Number(process.env.CAPACITY_VIDEOS ?? 1_000_000)

const newestFirst = { by: "createdAt", descending: true } as const

const MIDDLE = Math.floor(VIDEOS / 2)

/** The id that `fill` gives to a row. */
const idOf = (text: string): string =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")

/** A catalogue of finished videos with two jobs each, a day's events, and a backlog of 10,000 jobs of 50 tenants. */
const fill = Effect.flatMap(PgClient.PgClient, (sql) =>
  sql.unsafe(`
    INSERT INTO runner_connector.video (id, state, source_key, source, plan, destination, files, pending_deletion,
      created_at, updated_at, ended_at, revision)
    SELECT md5('video ' || n)::uuid, 'Published', 'uploads/' || n, '{}', '{}', 'videos/' || n, '[]', '[]',
      now() - make_interval(secs => ${VIDEOS} - n), now(), now(), 3
    FROM generate_series(1, ${VIDEOS}) AS n;
    INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
      video_id, created_at, updated_at, started_at, finished_at, revision)
    SELECT md5('job ' || n)::uuid, 'vod-hls-transcoding', 'Completed', '{}', '{}', 100 + n % 4, 0, 0,
      md5('video ' || n / 2)::uuid, now() - make_interval(secs => ${VIDEOS} - n / 2), now(), now(), now(), 4
    FROM generate_series(1, ${2 * VIDEOS}) AS n;
    INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
      tenant, due, created_at, updated_at, revision)
    SELECT gen_random_uuid(), 'vod-hls-transcoding', 'Pending', '{}', '{}', 100 + n % 4, 0, 0,
      'tenant ' || n % 50, n, now(), now(), 0
    FROM generate_series(1, 10000) AS n;
    INSERT INTO runner_connector.event (transaction, type, occurred_at, data)
    SELECT n::text::xid8, 'video.published', now(), '{}' FROM generate_series(1, ${VIDEOS / 10}) AS n;
  `)
)

interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Shared Hit Blocks": number
  readonly "Shared Read Blocks": number
  readonly Plans?: ReadonlyArray<Node>
}

interface Explained {
  readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Node; readonly "Execution Time": number }>
}

const nodesOf = (node: Node): ReadonlyArray<Node> => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

const large = new Set(["video", "runner_job", "event"])

const explain = (name: string, statement: Statement<object>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<Explained>`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`
    const plan = row?.["QUERY PLAN"][0]
    assert.isDefined(plan)
    const nodes = nodesOf(plan.Plan)
    return {
      query: name,
      indexes: [...new Set(nodes.flatMap((node) => node["Index Name"] ?? []))].join(", "),
      pages: plan.Plan["Shared Hit Blocks"] + plan.Plan["Shared Read Blocks"],
      milliseconds: Math.round(plan["Execution Time"] * 100) / 100,
      readWhole: nodes
        .filter((node) => node["Node Type"].endsWith("Seq Scan") && large.has(node["Relation Name"] ?? ""))
        .map((node) => node["Relation Name"])
    }
  })

const hot = (sql: PgClient.PgClient): Readonly<Record<string, Statement<object>>> => {
  const types = ["vod-hls-transcoding"]
  const query = {
    runnerId: Ids.RunnerId.make(1),
    types,
    requirements: [],
    labels: [],
    limit: 10,
    at: someMoment,
    until: someMoment
  }
  const beat = { id: aJobId(), runnerTokenHash: aTokenHash(), jobTokenHash: aTokenHash() }
  return {
    "request: claim": claimJobs(sql, query),
    "pings: available jobs": selectAvailable(sql, { types, at: someMoment }),
    "pings: workloads": selectWorkloads(sql, [query.runnerId]),
    "accept, success: family": selectFamily(sql, aJobId()),
    "update: heartbeat": updateBeat(sql, { ...beat, at: someMoment, progress: Option.some(1) }),
    "jobs of a video": selectOfVideo(sql, [aVideoId()]),
    "video by id": Videos.selectById(sql, aVideoId()),
    "video by destination": Videos.selectByKey(sql, { destination: FileKey.FileKey.make("videos/7") }),
    "video by external id": Videos.selectByKey(sql, { externalId: "order 7" }),
    "upkeep: silent leases": selectSilent(sql, { state: "Processing", since: someMoment }),
    "upkeep: unfinalized videos": Videos.selectUnfinalized(sql, someMoment),
    "upkeep: pending deletions": Videos.selectPendingDeletion(sql, someMoment),
    "upkeep: finished jobs": deleteFinished(sql, someMoment, 500),
    "upkeep: old events": deleteEvents(sql, "7 days", 500),
    "events after a cursor": selectEvents(sql, EventCursor.start, 100),
    "page of videos": selectVideos(sql, { start: 0, count: 15 }),
    "page of jobs": selectJobs(sql, { start: 0, count: 15 }),
    "page of jobs of a state": selectJobs(sql, {
      start: 0,
      count: 15,
      states: ["Completed"],
      sort: newestFirst
    }),
    "page of videos behind one": selectVideos(sql, {
      start: 0,
      count: 15,
      after: Ids.VideoId.make(idOf(`video ${MIDDLE}`))
    }),
    "page of jobs behind one": selectJobs(sql, {
      ...{ start: 0, count: 15, sort: newestFirst },
      after: Ids.JobId.make(idOf(`job ${2 * MIDDLE}`))
    })
  }
}

layer(database, { excludeTestServices: true, timeout: "10 minutes" })(`with ${VIDEOS} videos`, (it) => {
  it.effect(
    "no query of runners, players or upkeep reads a whole table",
    () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* fill
        yield* sql`VACUUM ANALYZE`
        const rows = yield* Effect.forEach(Object.entries(hot(sql)), ([name, statement]) => explain(name, statement))
        const counts = [
          yield* explain("total of videos", sql`SELECT count(*)::int AS total FROM runner_connector.video`),
          yield* explain("total of jobs", countPage(sql, { start: 0, count: 15 }, 10_000))
        ]
        console.table([...rows, ...counts].map(({ readWhole, ...row }) => ({ ...row, whole: readWhole.join(", ") })))
        for (const { pages, query, readWhole } of rows) {
          assert.deepStrictEqual(readWhole, [], query)
          assert.isBelow(pages, 5000, query)
        }
      }),
    600_000
  )
})
