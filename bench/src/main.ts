// Runs all measurements and prints them as tables, and finally as one line of JSON. `-- --quick` only checks that they
// run. SNAPSHOT_SECONDS sets the time of the measurement with a held snapshot, 20 minutes each without it.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Exit, Redacted, Scope } from "effect"
import { machine, printTable } from "./report.ts"
import { makeRows, type Rows } from "./rows.ts"
import { makeSituation, type Situation } from "./situation.ts"
import { full, quick } from "./sizes.ts"
import { herd } from "./suites/herd.ts"
import { playable } from "./suites/playable.ts"
import { queue } from "./suites/queue.ts"
import { snapshot } from "./suites/snapshot.ts"
import { upload } from "./suites/upload.ts"
import { workers } from "./suites/workers.ts"

const sizes = process.argv.includes("--quick") ? quick : full

const measureCalls = async (situation: Situation, rows: Rows) => {
  console.log("Measuring runner calls …")
  const server = await situation.startServer()
  const { concurrency, depth } = await queue(server.ready, rows, sizes)
  const snapshotSeconds = Number(process.env.SNAPSHOT_SECONDS ?? sizes.snapshotSeconds)
  console.log(`Taking jobs for ${snapshotSeconds} s without and with a held snapshot …`)
  const snapshots = await snapshot(server.ready, rows, snapshotSeconds)
  await server.stop()
  printTable("Calls per second and milliseconds per call, by concurrency", concurrency)
  printTable("The same, by number of jobs", depth)
  printTable("Accepts under constant load, with and without a held snapshot", snapshots)
  return { concurrency, depth, snapshots }
}

const measureAll = async (folder: string, databaseUrl: string) => {
  const situation = makeSituation(folder, databaseUrl)
  const rows = makeRows(databaseUrl)
  const calls = await measureCalls(situation, rows)

  console.log("\nMeasuring several processes on one port …")
  const processes = await workers(situation, rows, sizes)
  printTable("Calls per second and milliseconds per call, by number of processes", processes)

  console.log(`\nMeasuring ${sizes.herd.runners} idle runners …`)
  const herds = await herd(situation, rows, sizes)
  printTable("Idle runners and new jobs (milliseconds since the commit)", herds)

  console.log(`\nMeasuring a result of ${sizes.uploadMiB} MiB …`)
  const uploads = await upload(situation, rows, sizes.uploadMiB)
  printTable("Submitting a large result (MiB, MiB of memory)", uploads)

  console.log("\nMeasuring the time from submission to playback …")
  const waits = []
  for (const runners of sizes.runners) {
    waits.push(await playable(situation, rows, { clipSeconds: sizes.clipSeconds, runners }))
  }
  printTable(`Seconds for a 720p video of ${sizes.clipSeconds} s`, waits)
  const results = { ...calls, processes, herds, uploads, waits }
  console.log(`
${JSON.stringify({ machine: machine(), ...results })}`)
}

const folder = await mkdtemp(join(tmpdir(), "runner-connector-bench-"))
const scope = Effect.runSync(Scope.make())
try {
  const database = EmbeddedPostgres.start({ directory: join(folder, "postgres") })
  const { url } = await Effect.runPromise(Scope.extend(database, scope))
  await measureAll(folder, Redacted.value(url))
} finally {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await rm(folder, { recursive: true, force: true })
}
