import { once } from "node:events"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { Endpoint, Endpoints } from "@runner-connector/protocol"
import { type Child, start } from "../children.ts"
import { type Client, makeClient } from "../http.ts"
import { makeClip, makeRendition } from "../media.ts"
import { median, rounded } from "../numbers.ts"
import { cpuTimeWithChildren } from "../processTime.ts"
import { addRunner, clearJobs, pendingIds, type Rows } from "../rows.ts"
import { type Situation, submitVideo } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import { BOUNDARY, formOf, RENDITION } from "../successForm.ts"

/** One upload to one server. */
interface Received {
  readonly seconds: number
  /** Seconds from the last byte to the answer. */
  readonly afterLastByte: number
}

export interface UploadResult {
  readonly what: string
  /** Medians of all rounds. */
  readonly mebibytesPerSecond: number
  readonly afterLastByte: number
  /** CPU time of the server and its programs for each GiB. Seconds. */
  readonly cpu: number
  /** Peak memory of the process in MiB after all rounds, minus its memory before. */
  readonly memoryGrowth: number
  /** The rate by that of the bare pipe in the same round: median, lowest and highest. */
  readonly ratio: number
  readonly range: string
  readonly goal: string
  readonly met: boolean
}

/** The share of the bare pipe's rate that the connector must reach. */
const RATIO_GOAL = 0.9
/** Seconds from the last byte to the answer. */
const ANSWER_GOAL = 1

const RUNNER = "ptrt-00000000-0000-4000-8000-00000000cccc"
const MIB = 1024 ** 2

const sendTimed = async (client: Client, path: string, body: AsyncIterable<Buffer>): Promise<Received> => {
  const { answer, request } = client.open(path, { "content-type": `multipart/form-data; boundary=${BOUNDARY}` })
  const began = performance.now()
  for await (const chunk of body) if (!request.write(chunk)) await once(request, "drain")
  await new Promise<void>((resolve) => request.end(resolve))
  const sent = performance.now()
  const { body: text, status } = await answer
  if (status !== 204) throw new Error(`The upload was answered with ${status}: ${text}`)
  const now = performance.now()
  return { seconds: (now - began) / 1000, afterLastByte: (now - sent) / 1000 }
}

/** Sends a form and resolves with the seconds that it took. */
export const send = async (client: Client, path: string, body: AsyncIterable<Buffer>): Promise<number> =>
  (await sendTimed(client, path, body)).seconds

/** An upload, and what the server used for it. */
interface Measured extends Received {
  /** Seconds of CPU time. */
  readonly cpu: number
}

interface Side {
  readonly client: Client
  readonly server: Child<number>
  /** Makes ready for one result, and returns what sends it. */
  readonly prepare: (round: number) => Promise<() => Promise<Received>>
  /** Where the bytes are afterwards. */
  readonly stored: (round: number) => string
}

const startBare = async ({ folder }: Situation, bytes: number): Promise<Side> => {
  const server = await start<number>("./baseline.ts", { FOLDER: folder, PORT: "0" })
  const client = makeClient(server.ready)
  const form = () => formOf(folder, { job: "-", runner: "-" }, bytes)
  const prepare = async () => () => sendTimed(client, "/", form())
  return { client, server, prepare, stored: () => join(folder, "baseline.bin") }
}

const startConnector = async (situation: Situation, rows: Rows, bytes: number): Promise<Side> => {
  const { folder } = situation
  const server = await situation.startServer()
  const client = makeClient(server.ready)
  await rows.run(addRunner(RUNNER, "bench-upload"))
  const prepare = async (round: number) => {
    await rows.run(clearJobs)
    await submitVideo(server, { path: "uploads/large.mp4", destination: `videos/large-${round}` })
    const [jobUUID = ""] = await rows.run(pendingIds(1))
    const accepted = await client.json(Endpoint.pathOf(Endpoints.accept, { jobUUID }), { runnerToken: RUNNER })
    const job: string = JSON.parse(accepted.body).job.jobToken
    const path = Endpoint.pathOf(Endpoints.success, { jobUUID })
    return () => sendTimed(client, path, formOf(folder, { job, runner: RUNNER }, bytes))
  }
  return { client, server, prepare, stored: (round) => join(folder, "storage", "videos", `large-${round}`) }
}

/**
 * Measures one upload after another. The file before is removed right before the next bytes are sent: a virtual machine returns
 * freed memory to its host within seconds, and writing a file that finds none of it takes three times the time of the system.
 */
const makeMeasure = () => {
  let last: string | undefined
  return async ({ prepare, server, stored }: Side, round: number): Promise<Measured> => {
    const upload = await prepare(round)
    if (last !== undefined) await rm(last, { recursive: true })
    last = stored(round)
    const before = cpuTimeWithChildren(server.pid)
    const received = await upload()
    return { ...received, cpu: (cpuTimeWithChildren(server.pid) - before) / 1000 }
  }
}

const resultOf = (
  what: string,
  mebibytes: number,
  memoryGrowth: number,
  rounds: ReadonlyArray<Measured>,
  bare: ReadonlyArray<Measured>
): UploadResult => {
  const ratios = rounds.map(({ seconds }, index) => (bare[index]?.seconds ?? Number.NaN) / seconds)
  const [ratio, afterLastByte] = [rounded(median(ratios)), rounded(median(rounds.map((one) => one.afterLastByte)))]
  return {
    what,
    mebibytesPerSecond: Math.round(mebibytes / median(rounds.map(({ seconds }) => seconds))),
    afterLastByte,
    cpu: rounded((median(rounds.map(({ cpu }) => cpu)) * 1024) / mebibytes),
    memoryGrowth,
    ratio,
    range: `${rounded(Math.min(...ratios))} to ${rounded(Math.max(...ratios))}`,
    goal: `ratio ${RATIO_GOAL}, answer ${ANSWER_GOAL} s after the last byte`,
    met: ratio >= RATIO_GOAL && afterLastByte <= ANSWER_GOAL
  }
}

/** Submits large results, and sends the same bytes to a minimal server that writes them to the disk, in turn. */
export const upload = async (
  situation: Situation,
  rows: Rows,
  { rounds, uploadMiB }: Sizes
): Promise<ReadonlyArray<UploadResult>> => {
  const sources = join(situation.folder, "storage", "uploads")
  await mkdir(sources, { recursive: true })
  await makeClip(sources, "large.mp4", 4)
  await makeRendition(join(sources, "large.mp4"), situation.folder, RENDITION)
  const sides = [
    await startBare(situation, uploadMiB * MIB),
    await startConnector(situation, rows, uploadMiB * MIB)
  ] as const
  const before = await Promise.all(sides.map(({ server }) => server.peakMemory()))
  const received: readonly [Array<Measured>, Array<Measured>] = [[], []]
  const measured = makeMeasure()
  // The first file has none before it.
  await measured(sides[0], rounds)
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      received[side].push(await measured(sides[side], round))
    }
  }
  const growth = await Promise.all(
    sides.map(async ({ server }, side) => (await server.peakMemory()) - (before[side] ?? 0))
  )
  for (const { client, server } of sides) {
    client.close()
    await server.stop()
  }
  await rows.run(clearJobs)
  const [bare, connector] = received
  return [
    resultOf("node:http piped to the disk, with the same syncs", uploadMiB, growth[0] ?? 0, bare, bare),
    resultOf("success, stored and published", uploadMiB, growth[1] ?? 0, connector, bare)
  ]
}
