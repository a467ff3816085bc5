import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { freePort } from "../../../test/fixtures/freePort.mjs"
import { measure } from "../http.ts"
import { addJobs, clearJobs, type Rows } from "../rows.ts"
import type { Situation } from "../situation.ts"
import type { Sizes } from "../sizes.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))

const addRunners = (count: number) =>
  Effect.flatMap(PgClient.PgClient, (sql) =>
    sql.unsafe(`
      WITH token AS (
        INSERT INTO runner_connector.registration_token (token_hash, hint, created_at, updated_at)
        VALUES (gen_random_uuid(), 'bnch', now(), now()) RETURNING id
      )
      INSERT INTO runner_connector.runner
        (name, token_hash, registration_token_id, last_contact, created_at, updated_at, online)
      SELECT 'metrics ' || gen_random_uuid(), gen_random_uuid(), token.id, now(), now(), now(), true
      FROM token, generate_series(1, ${count})`)
  )

/** The bundled server on the shared database, until `stop`. */
const startBundled = async ({ databaseUrl, folder }: Situation) => {
  const port = await freePort()
  const child = spawn(process.execPath, [join(root, "scripts/run.mjs"), "start"], {
    cwd: root,
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: databaseUrl, PORT: String(port) },
      ...{ DATA_DIR: join(folder, "bundled"), LOCAL_RUNNER: "off", METRICS_ACCESS: "anybody", LOG_LEVEL: "error" }
    },
    stdio: ["ignore", "pipe", "inherit"]
  })
  for await (const text of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    if (String(text).includes("drop a video")) break
  }
  child.stdout.resume()
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    stop: async () => {
      child.kill("SIGTERM")
      await once(child, "exit")
    }
  }
}

/** Milliseconds of the scrapes. The first one waits for the database. */
export interface MetricsResult {
  readonly runners: number
  readonly jobs: number
  readonly first: number
  readonly median: number
  readonly slowest: number
  readonly goal: string
  readonly met: boolean
}

/** Milliseconds that a scrape may take. */
const GOAL = 20

const PAUSE_MILLIS = 250

/** Reads the metrics for longer than the server keeps any figure, so that some are read anew meanwhile. */
export const metrics = async (
  situation: Situation,
  rows: Rows,
  sizes: Sizes
): Promise<ReadonlyArray<MetricsResult>> => {
  const server = await startBundled(situation)
  try {
    await rows.run(clearJobs)
    await rows.run(addRunners(sizes.herd.runners))
    await rows.run(addJobs("Pending", sizes.metricsJobs / 2))
    await rows.run(addJobs("Completed", sizes.metricsJobs / 2))
    const scrape = async () => {
      const answer = await fetch(server.url)
      return { status: answer.status, body: await answer.text() }
    }
    const first = await measure(1, 1, scrape, 200)
    const times: Array<number> = []
    for (let index = 0; index < sizes.scrapes; index += 1) {
      await setTimeout(PAUSE_MILLIS)
      times.push((await measure(1, 1, scrape, 200)).p50)
    }
    times.sort((a, b) => a - b)
    const median = times[Math.floor(times.length / 2)] ?? 0
    const [jobs, runners] = [sizes.metricsJobs, sizes.herd.runners]
    const slowest = times.at(-1) ?? 0
    return [{ runners, jobs, first: first.p50, median, slowest, goal: `median below ${GOAL} ms`, met: median < GOAL }]
  } finally {
    await server.stop()
  }
}
