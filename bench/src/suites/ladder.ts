import { randomUUID } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { encode } from "../chunks/Results.ts"
import { simulate } from "../chunks/SimulatedRunner.ts"
import { type Asked, makeFilm, makeHlsResult, run } from "../media.ts"
import { median, rounded } from "../numbers.ts"
import { cpuTimes } from "../processTime.ts"
import { clearJobs, type Rows } from "../rows.ts"
import { addRegistrationToken, startRunners } from "../runners.ts"
import { type Situation, submitVideo } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import type { Encoding } from "../timedFfmpeg.ts"
import { until } from "../videos.ts"

/** A clip made by one runner, beside the same runs of FFmpeg without server and runner. */
export interface LadderResult {
  /** Seconds of the clip. */
  readonly clip: number
  readonly runner: "local" | "stock"
  readonly jobs: number
  /** Medians of all rounds. Seconds. */
  readonly bare: number
  /** From the submission until all renditions are there. */
  readonly whole: number
  /** From the submission until the jobs exist. */
  readonly intake: number
  /** By job, after the intake and without its runs of FFmpeg. */
  readonly aboveFfmpeg: number
  readonly ratio: number
  readonly range: string
  /** CPU time by job: that of the server and of its programs with the intake, and that of a runner of its own and of its programs. */
  readonly cpu: string
}

/** What a round has cost. Seconds, and the runs of FFmpeg to be repeated without server and runner. */
interface Round {
  readonly whole: number
  readonly intake: number
  readonly encodings: ReadonlyArray<number>
  readonly repeat: (folder: string) => Promise<void>
}

/** A server and one runner that wait for work. */
interface Side {
  readonly pids: ReadonlyArray<number>
  readonly make: (source: string) => Promise<Round>
  readonly stop: () => Promise<void>
}

const settings = { resolutions: [360, 720, 1080] } as const

/** Seconds since the epoch, by the clock of the database. It runs on this machine, so runs of FFmpeg compare with it. */
const endOf = (id: string) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql<{ seconds: number }>`
      SELECT extract(epoch FROM ended_at)::float8 AS seconds FROM runner_connector.video WHERE id = ${id}`
  )

/** Submits a clip and waits until it has ended. */
const made = async (rows: Rows, server: Awaited<ReturnType<Situation["startServer"]>>, source: string) => {
  await rows.run(clearJobs)
  const [began, since] = [performance.now(), Date.now() / 1000]
  const id = String(
    await submitVideo(server, {
      ...{ path: `uploads/${source}`, destination: `videos/${randomUUID()}` },
      ...{ plan: { graph: "parallel" }, settings }
    })
  )
  const intake = (performance.now() - began) / 1000
  await until(rows, id, began, ({ ended }) => ended)
  const [end] = await rows.run(endOf(id))
  return { intake, whole: (end?.seconds ?? Number.NaN) - since }
}

const startLocal = async (situation: Situation, rows: Rows): Promise<Side> => {
  const server = await situation.startServer()
  const runners = await startRunners(situation, rows, { count: 1, port: server.ready })
  const make = async (source: string): Promise<Round> => {
    const round = await made(rows, server, source)
    const encodings = (await runners.all[0]?.ask("encodings", "encodings")) as ReadonlyArray<Encoding>
    const path = join(situation.folder, "storage", "uploads", source)
    const repeat = async (outputDirectory: string) => {
      for (const { arguments: args } of encodings) {
        await run({
          ...{ inputs: [{ path }], outputDirectory },
          arguments: ({ input, output }) =>
            args.map((one) => (one.startsWith("{output}/") ? output(one.slice(9)) : one.replace("{input}", input(0))))
        })
      }
    }
    return { ...round, encodings: encodings.map(({ seconds }) => seconds), repeat }
  }
  return {
    make,
    pids: [server.pid, ...runners.all.map(({ pid }) => pid)],
    stop: async () => {
      await runners.stop()
      await server.stop()
    }
  }
}

/** A client of the wire that uses FFmpeg as stock runners do. It asks for the next job when one is done. */
const startStock = async (situation: Situation, rows: Rows): Promise<Side> => {
  const server = await situation.startServer()
  const folder = join(situation.folder, "stock")
  let encoded: Array<{ readonly asked: Asked; readonly seconds: number }> = []
  let isOver = false
  const results = {
    get: async (asked: Asked, input: Uint8Array) => {
      const result = await encode(folder, asked, input)
      encoded.push({ asked, seconds: result.seconds })
      return result
    }
  }
  const fleet = {
    ...{ url: `http://127.0.0.1:${server.ready}`, registrationToken: await addRegistrationToken(rows), results },
    ...{ speed: Number.POSITIVE_INFINITY, onAccept: () => undefined, isOver: () => isOver }
  }
  const working = simulate(fleet, randomUUID())
  const make = async (source: string): Promise<Round> => {
    encoded = []
    const round = await made(rows, server, source)
    const repeated = encoded
    const path = join(situation.folder, "storage", "uploads", source)
    const repeat = async (outputDirectory: string) => {
      for (const { asked } of repeated) await makeHlsResult(path, outputDirectory, randomUUID(), asked)
    }
    return { ...round, encodings: repeated.map(({ seconds }) => seconds), repeat }
  }
  return {
    make,
    pids: [server.pid],
    stop: async () => {
      isOver = true
      await working
      await server.stop()
    }
  }
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((all, one) => all + one, 0)

/** CPU seconds of processes and of their programs, in their order. */
const cpuOf = (pids: ReadonlyArray<number>): ReadonlyArray<number> =>
  pids.flatMap((pid) => {
    const { ended, own } = cpuTimes(pid)
    return [own / 1000, ended / 1000]
  })

const measure = async (
  situation: Situation,
  side: Side,
  { clip, rounds, runner }: Pick<LadderResult, "clip" | "runner"> & { readonly rounds: number }
): Promise<LadderResult> => {
  const found: Array<Round & { readonly bare: number; readonly cpu: ReadonlyArray<number> }> = []
  for (let round = 0; round <= rounds; round++) {
    const before = cpuOf(side.pids)
    const one = await side.make(`ladder-${clip}.mp4`)
    const cpu = cpuOf(side.pids).map((after, index) => (after - (before[index] ?? 0)) / one.encodings.length)
    const folder = join(situation.folder, "bare")
    await mkdir(folder, { recursive: true })
    const began = performance.now()
    await one.repeat(folder)
    const bare = (performance.now() - began) / 1000
    await rm(folder, { recursive: true })
    // The first round reads the programs from the disk.
    if (round > 0) found.push({ ...one, bare, cpu })
  }
  const ratios = found.map(({ bare, whole }) => whole / bare)
  const of = (value: (round: (typeof found)[number]) => number) => rounded(median(found.map(value)))
  return {
    ...{ clip, runner, jobs: found[0]?.encodings.length ?? 0 },
    ...{ bare: of(({ bare }) => bare), whole: of(({ whole }) => whole), intake: of(({ intake }) => intake) },
    aboveFfmpeg: of(({ encodings, intake, whole }) => (whole - intake - sum(encodings)) / encodings.length),
    ratio: rounded(median(ratios)),
    range: `${rounded(Math.min(...ratios))} to ${rounded(Math.max(...ratios))}`,
    cpu: (found[0]?.cpu ?? []).map((_, index) => of(({ cpu }) => cpu[index] ?? 0)).join(" ")
  }
}

/** What server and runner cost beside FFmpeg: one runner, and the same runs of FFmpeg alone after each round. */
export const ladder = async (situation: Situation, rows: Rows, sizes: Sizes): Promise<ReadonlyArray<LadderResult>> => {
  const sources = join(situation.folder, "storage", "uploads")
  await mkdir(sources, { recursive: true })
  const results: Array<LadderResult> = []
  for (const clip of sizes.ladderClips) await makeFilm(sources, `ladder-${clip}.mp4`, clip)
  for (const [runner, start] of [
    ["local", startLocal],
    ["stock", startStock]
  ] as const) {
    const side = await start(situation, rows)
    for (const clip of sizes.ladderClips) {
      results.push(await measure(situation, side, { clip, runner, rounds: sizes.ladderRounds }))
    }
    await side.stop()
  }
  return results
}
