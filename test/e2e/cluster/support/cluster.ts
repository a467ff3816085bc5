import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert } from "@effect/vitest"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Effect, Redacted, Schedule } from "effect"
import { bundled } from "../../../../scripts/bundle.mjs"
import { copyDatabase } from "../../../fixtures/cluster.ts"
import { faultProxy } from "../../../services/faultProxy.ts"
import { nginxWithoutTls } from "../../../services/nginx.ts"
import { redis } from "../../../services/redis.ts"
import { sharedRadosgw } from "../../../services/sharedRadosgw.ts"
import { api } from "../../support/Api.ts"
import { only144p } from "../../support/only144p.ts"
import * as RunnerProgram from "../../support/RunnerProgram.ts"
import { newBucket } from "../../support/s3.ts"
import { temporaryFolder } from "../../support/workspace.ts"
import { receiver } from "./receiver.ts"
import { clocks, member, ports } from "./servers.ts"

const ADMIN_TOKEN = "the-operator's-own"

/** Intervals that are minutes by default. Failures that the test causes must not end a job. */
const impatient = {
  RUNNER_VOD_SILENCE: "8 seconds",
  RUNNER_COMPLETION_SILENCE: "2 seconds",
  RUNNER_RESUME_WINDOW: "10 seconds",
  RUNNER_UPLOAD_SILENCE: "5 seconds",
  RUNNER_UPKEEP_INTERVAL: "1 second",
  RUNNER_RETIRED_FOR: "1 second",
  RUNNER_MAX_STALLS: "100",
  RUNNER_MAX_INTERRUPTIONS: "100",
  TRANSCODING_RUNNER_MAX_FAILURE: "20"
}

const postgres = Effect.gen(function* () {
  const directory = join(yield* temporaryFolder, "postgres")
  yield* copyDatabase(directory)
  const server = yield* EmbeddedPostgres.start({ directory, fsync: false })
  yield* Effect.provide(SqlStores.migrate, PgClient.layer({ url: server.url, maxConnections: 1 }))
  const query = <A extends object>(statement: string) =>
    Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe<A>(statement)).pipe(
      Effect.provide(PgClient.layer({ url: server.url, maxConnections: 1 })),
      Effect.scoped
    )
  const crash = Effect.gen(function* () {
    const began = performance.now()
    process.kill(yield* server.pid, "SIGKILL")
    yield* Effect.retry(query("SELECT 1"), { times: 300, schedule: Schedule.spaced("100 millis") })
    return Math.round(performance.now() - began)
  })
  return { url: Redacted.value(server.url), query, crash }
})

/** Redis on one port. */
const broker = Effect.gen(function* () {
  const { port, program: first, url } = yield* redis()
  let program = first
  const kill = Effect.suspend(() => program.kill)
  const restart = Effect.gen(function* () {
    const began = performance.now()
    program = (yield* redis({ port })).program
    return Math.round(performance.now() - began)
  })
  return { url, kill, restart }
})

/** Registers a runner at the proxy and starts it. */
const runner = (url: string, name: string, registrationToken: string) =>
  Effect.gen(function* () {
    const program = yield* Effect.promise(() => bundled("packages/local-runner/src/program/main.ts"))
    const workDirectory = join(yield* temporaryFolder, name)
    const args = ["--url", url, "--name", name, "--work-directory", workDirectory, "--progress-interval", "1 second"]
    return yield* RunnerProgram.launch(program, args, { CONNECTOR_RUNNER_REGISTRATION_TOKEN: registrationToken })
  })

/** Three servers with different clocks behind nginx, with PostgreSQL, S3, Redis, and six runners. */
export const startCluster = Effect.gen(function* () {
  const { crash, query, url: databaseUrl } = yield* postgres
  const redisServer = yield* broker
  const s3 = yield* faultProxy(sharedRadosgw().endpoint)
  const bucket = yield* newBucket(s3.url)
  const webhooks = yield* receiver
  const upstreams = yield* ports
  const url = yield* nginxWithoutTls(upstreams)
  const env = {
    ...impatient,
    ...only144p,
    ...bucket.env,
    ADMIN_TOKEN,
    PLAYBACK_SECRET: "a secret that all servers of the cluster share",
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisServer.url,
    PUBLIC_URL: url,
    TRUST_PROXY: "1",
    LOCAL_RUNNER: "off",
    WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: "on"
  }
  const servers = yield* Effect.all(
    upstreams.map((port, index) => member(clocks[index] ?? 0, env, port)),
    { concurrency: 3 }
  )
  const admin = api(url, ADMIN_TOKEN)
  const json = { "content-type": "application/json" }
  const created = yield* admin.send("/api/v1/runners/webhooks", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ url: webhooks.url })
  })
  void created
  void assert
  const { text } = yield* admin.send("/api/v1/runners/registration-tokens/generate", { method: "POST" })
  const { registrationToken } = JSON.parse(text)
  const names = Array.from({ length: 6 }, (_, number) => `runner ${number + 1}`)
  const runners = yield* Effect.forEach(names, (name) => runner(url, name, registrationToken))
  return { servers, runners, admin, bucket, s3, webhooks, query, redis: redisServer, crashPostgres: crash }
})
