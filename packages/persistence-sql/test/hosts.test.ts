import { createRequire } from "node:module"
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { assertSome, deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewVideo, aRegisteredRunner, aVideoFile, someMoment } from "@runner-connector/contracts"
import { JobQueue, JobStore, RunnerHealth, RunnerStore, VideoStore } from "@runner-connector/core"
import { Effect, Layer, Option, Redacted, String } from "effect"
import { SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

const names = { transformResultNames: String.snakeToCamel, transformQueryNames: String.camelToSnake }

/** The pool of a host that uses `pg` itself. */
interface Pool {
  readonly options: object
  readonly on: (event: "error", listener: () => void) => void
  readonly end: () => Promise<void>
}

// The very `pg` that the client is made for.
const ofSqlPg = createRequire(createRequire(import.meta.url).resolve("@effect/sql-pg"))
const { Pool } = ofSqlPg("pg") as { readonly Pool: new (options: object) => Pool }

const poolAt = (url: Redacted.Redacted<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const pool = new Pool({ connectionString: Redacted.value(url), max: 2 })
      pool.on("error", () => undefined)
      return pool
    }),
    (pool) => Effect.promise(() => pool.end())
  )

type Client = Layer.Layer<PgClient.PgClient, unknown>

const clients: ReadonlyArray<readonly [name: string, client: (url: Redacted.Redacted<string>) => Client]> = [
  ["renames columns in what it reads and writes", (url) => PgClient.layer({ url, ...names, maxConnections: 2 })],
  ["has a single connection", (url) => PgClient.layer({ url, maxConnections: 1 })],
  [
    "stands on a pool of the host's",
    (url) => PgClient.layerFromPool({ acquire: poolAt(url) as never, ...names, transformJson: false })
  ]
]

const useEverything = Effect.gen(function* () {
  const [jobs, runners, videos] = [
    yield* JobStore.JobStore,
    yield* RunnerStore.RunnerStore,
    yield* VideoStore.VideoStore
  ]
  const runner = yield* aRegisteredRunner()
  const video = aNewVideo({ files: [aVideoFile()] })
  const payload = { snake_case: { camelCase: [{ "Some-Key": 1 }] } }
  const job = aJob({ videoId: Option.some(video.id), payload, runnerId: Option.some(runner.id) })
  const stored = yield* videos.insert(video, [job])
  deepStrictEqual((yield* jobs.ofVideo(video.id))[0]?.payload, payload)
  yield* videos.save({ ...stored, files: [aVideoFile({ resolution: 240 })] }, [{ ...job, state: "Completed" }])
  const found = Option.getOrThrow(yield* videos.find(video.id))
  deepStrictEqual(
    found.files.map(({ resolution }) => resolution),
    [240]
  )
  assertSome(
    Option.map(yield* runners.findByToken(runner.tokenHash), ({ id }) => id),
    runner.id
  )
  assert.strictEqual((yield* runners.registrationTokens.list({ start: 0, count: 1 })).data[0]?.runners, 1)
  deepStrictEqual(yield* runners.workloads([runner.id]), [
    {
      ...{ id: runner.id, version: Option.none(), jobTypes: Option.none(), labels: [], state: "active" },
      ...{ health: RunnerHealth.unknownHealth, online: false, onlineSince: Option.none() },
      ...{ lastContact: someMoment, processing: 0 }
    }
  ])
  assertSome(yield* runners.remove(runner.id), { runners: [runner.id], jobs: [] })
  const pending = aJob({ type: "pending", payload })
  yield* jobs.insert([pending])
  const queue = yield* JobQueue.JobQueue
  const query = { types: ["pending"], at: someMoment, limit: 10, requirements: [], labels: [] }
  deepStrictEqual(yield* queue.claim({ ...query, runnerId: runner.id, until: someMoment }), [pending])
  deepStrictEqual(yield* queue.available(query), [
    { type: "pending", requirements: [], labels: [], jobs: 1, since: pending.updatedAt }
  ])
})

for (const [name, client] of clients) {
  it.scopedLive(`the stores work with a client that ${name}`, () =>
    Effect.gen(function* () {
      const stores = Layer.provide(SqlStores.layer, client(yield* postgres.emptyAddress))
      yield* Effect.provide(useEverything, stores)
    })
  )
}
