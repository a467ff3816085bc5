import { cpus } from "node:os"
import { printTable } from "./report.ts"
import type { Rows } from "./rows.ts"
import type { Situation } from "./situation.ts"
import type { Sizes } from "./sizes.ts"
import * as Chunks from "./suites/chunks.ts"
import * as Fleet from "./suites/fleet.ts"
import * as Herd from "./suites/herd.ts"
import * as Ladder from "./suites/ladder.ts"
import * as Metrics from "./suites/metrics.ts"
import * as Million from "./suites/million.ts"
import * as Playable from "./suites/playable.ts"
import * as Queue from "./suites/queue.ts"
import * as S3 from "./suites/s3Uploads.ts"
import * as Snapshot from "./suites/snapshot.ts"
import * as Upload from "./suites/upload.ts"
import * as Wire from "./suites/wire.ts"
import * as Workers from "./suites/workers.ts"
import { compare, type Other } from "./wire/compare.ts"

interface Given {
  readonly situation: Situation
  readonly rows: Rows
  readonly sizes: Sizes
  /** Of the option `--compare`. */
  readonly other: Other | undefined
}

type Suite = (given: Given) => Promise<unknown>

const queue: Suite = async ({ rows, situation, sizes }) => {
  console.log("Measuring runner calls …")
  const server = await situation.startServer()
  const { concurrency, depth } = await Queue.queue(server.ready, rows, sizes)
  await server.stop()
  printTable("Calls per second and milliseconds per call, by concurrency", concurrency)
  printTable("The same, by number of jobs", depth)
  return { concurrency, depth }
}

const ratioOf = (rate: number, other: number | undefined): number | undefined =>
  other === undefined ? undefined : Math.round((100 * rate) / other) / 100

const wire: Suite = async ({ other, rows, situation, sizes }) => {
  console.log("\nComparing the hot calls with a bare server that sends the same statements …")
  const calls = await Wire.wire(situation, rows, sizes)
  printTable("Calls per second and milliseconds of CPU time per call, eight at once", calls)
  if (other === undefined) return calls
  const rates = await compare(other, sizes.calls)
  const compared = calls.map(({ call, connector }) => ({
    call,
    connector,
    other: rates[call],
    ratio: ratioOf(connector, rates[call])
  }))
  printTable(`Calls per second beside ${other.url.href}`, compared)
  return { calls, compared }
}

const million: Suite = async ({ rows, situation, sizes }) => {
  console.log(`\nMeasuring with ${sizes.million.finished} finished jobs …`)
  const found = await Million.million(situation, rows, sizes)
  printTable("Calls and lists with many rows", found)
  return found
}

const snapshot: Suite = async ({ situation, sizes }) => {
  const seconds = Number(process.env.SNAPSHOT_SECONDS ?? sizes.snapshotSeconds)
  const rate = Number(process.env.SNAPSHOT_RATE ?? 40)
  console.log(`\nTaking ${rate} jobs a second for ${seconds} s, with and without a held snapshot …`)
  const snapshots = await Snapshot.snapshot(situation.folder, seconds, rate)
  const last = snapshots.at(-1)
  const met = last !== undefined && last.rate >= 0.95 && last.cpu >= 0.95
  printTable(
    `Accepts of two servers, with and without a held snapshot. Goal: rate and CPU at least 0.95: ${met}`,
    snapshots
  )
  return { snapshots, met }
}

const workers: Suite = async ({ rows, situation, sizes }) => {
  console.log("\nMeasuring several processes on one port …")
  const processes = await Workers.workers(situation, rows, sizes)
  printTable("Calls per second and milliseconds per call, by number of processes", processes)
  const used = Math.max(
    ...processes.map(({ clientCores, databaseCores, serverCores }) => clientCores + databaseCores + serverCores)
  )
  const cores = cpus().length
  if (used > 0.8 * cores) {
    console.log(
      `Client, server and database used ${used.toFixed(1)} of ${cores} cores, so more processes cannot be faster here. ` +
        "Compare the ceilings instead."
    )
  }
  return processes
}

const herd: Suite = async ({ rows, situation, sizes }) => {
  console.log(`\nMeasuring ${sizes.herd.runners} idle runners …`)
  const herds = await Herd.herd(situation, rows, sizes)
  printTable("Idle runners and new jobs (milliseconds since the commit)", herds)
  return herds
}

const upload: Suite = async ({ rows, situation, sizes }) => {
  console.log(`\nMeasuring a result of ${sizes.uploadMiB} MiB …`)
  const uploads = await Upload.upload(situation, rows, sizes)
  printTable("Submitting large results (MiB a second, seconds, seconds of CPU time a GiB, MiB of memory)", uploads)
  return uploads
}

const s3: Suite = async ({ rows, situation, sizes }) => {
  console.log(`\nMeasuring five results of ${sizes.uploadMiB} MiB at once, stored in S3 …`)
  const uploads = await S3.s3Uploads(situation, rows, sizes.uploadMiB)
  printTable("Submitting five large results at once to a server with S3", uploads)
  return uploads
}

const playable: Suite = async ({ rows, situation, sizes }) => {
  console.log("\nMeasuring the time from submission to playback …")
  const waits = []
  for (const runners of sizes.runners) {
    waits.push(await Playable.playable(situation, rows, { clipSeconds: sizes.clipSeconds, runners }))
  }
  printTable(`Seconds for a 720p video of ${sizes.clipSeconds} s`, waits)
  return waits
}

const ladder: Suite = async ({ rows, situation, sizes }) => {
  console.log("\nMaking short clips by one runner and by FFmpeg alone …")
  const results = await Ladder.ladder(situation, rows, sizes)
  printTable("Seconds for 1080, 720 and 360 lines by one runner, and for the same runs of FFmpeg alone", results)
  return results
}

const chunks: Suite = async ({ rows, situation, sizes }) => {
  console.log(`\nMaking a film of ${sizes.film.seconds} s in chunks and whole …`)
  const results = await Chunks.chunks(situation, rows, sizes)
  printTable("Seconds until a video of 1080, 720 and 360 lines can be played, with one local runner", results)
  const goals = Chunks.goals(results)
  printTable("Goals", [goals])
  return { results, goals }
}

const fleet: Suite = async ({ rows, situation, sizes }) => {
  console.log(`\nMaking a film of ${sizes.film.seconds} s by simulated runners …`)
  const results = await Fleet.fleet(situation, rows, sizes)
  printTable(`Seconds until all renditions are there, by runners ${sizes.fleetSpeed} times as fast as FFmpeg`, results)
  const goals = Fleet.goals(results)
  printTable("Goals", [goals])
  return { results, goals }
}

const metrics: Suite = async ({ rows, situation, sizes }) => {
  console.log(`\nMeasuring GET /metrics with ${sizes.herd.runners} runners and ${sizes.metricsJobs} jobs …`)
  const scrapes = await Metrics.metrics(situation, rows, sizes)
  printTable("Milliseconds for GET /metrics", scrapes)
  return scrapes
}

/** The suites by name, in their order. */
export const suites: Readonly<Record<string, Suite>> = {
  wire,
  queue,
  million,
  workers,
  herd,
  upload,
  s3,
  playable,
  ladder,
  chunks,
  fleet,
  snapshot,
  metrics
}
