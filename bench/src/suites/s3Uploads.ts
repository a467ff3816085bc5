import { randomUUID } from "node:crypto"
import { mkdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { setTimeout } from "node:timers/promises"
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { PgClient } from "@effect/sql-pg"
import { Endpoint, Endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { canFetchServices, fetchServices } from "../../../scripts/services.mjs"
import makeSharedFolder from "../../../test/fixtures/sharedFolder.ts"
import { type Radosgw, radosgw } from "../../../test/services/radosgw.ts"
import { makeClient } from "../http.ts"
import { makeClip, makeRendition } from "../media.ts"
import { addRunner, clearJobs, type Rows } from "../rows.ts"
import { type Situation, submitVideo } from "../situation.ts"
import { formOf, RENDITION } from "../successForm.ts"
import { send } from "./upload.ts"

export interface S3UploadResult {
  readonly results: number
  readonly mebibytesEach: number
  /** Until every result is stored and published. */
  readonly seconds: number
  readonly mebibytesPerSecond: number
  /** Peak resident memory of the server's process, from its start on, in MB of a million bytes. */
  readonly peakMemoryMB: number
  readonly goal: string
  readonly met: boolean
}

const RUNNER = "ptrt-00000000-0000-4000-8000-00000000dddd"
const RESULTS = 5
/** MB that the server stays below. */
const GOAL = 300
const SOURCE = "uploads/s3.mp4"

/** Makes a bucket with the source of the videos. */
const makeBucket = async ({ accessKeyId, endpoint, secretAccessKey }: Radosgw, folder: string) => {
  const credentials = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials })
  const Bucket = `bench-${randomUUID()}`
  await client.send(new CreateBucketCommand({ Bucket }))
  await mkdir(folder, { recursive: true })
  await makeClip(folder, "source.mp4", 4)
  await makeRendition(join(folder, "source.mp4"), folder, RENDITION)
  await client.send(new PutObjectCommand({ Bucket, Key: SOURCE, Body: await readFile(join(folder, "source.mp4")) }))
  client.destroy()
  return {
    S3_BUCKET: Bucket,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey
  }
}

/** The jobs that the rendition is a result of, one of each video. */
const ownJobs = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql<{
    id: string
    state: string
    attempts: unknown
  }>`SELECT id, state, attempts FROM runner_connector.runner_job
    WHERE payload -> 'output' ->> 'resolution' = '360'`
)

/** Waits until every result is published. */
const published = async (rows: Rows) => {
  for (;;) {
    const jobs = await rows.run(ownJobs)
    const states = jobs.map(({ state }) => state)
    if (states.every((state) => state === "Completed")) return
    if (states.some((state) => state === "Pending" || state === "Errored")) {
      throw new Error(`Not stored: ${JSON.stringify(jobs)}`)
    }
    await setTimeout(200)
  }
}

const measure = async (situation: Situation, rows: Rows, mebibytes: number, service: Radosgw) => {
  const folder = join(situation.folder, "s3")
  const server = await situation.startServer(await makeBucket(service, folder))
  await rows.run(clearJobs)
  await rows.run(addRunner(RUNNER, "bench-s3"))
  const client = makeClient(server.ready)
  for (let n = 0; n < RESULTS; n++) await submitVideo(server, { path: SOURCE, destination: `videos/s3-${n}` })
  const submit = async (jobUUID: string) => {
    const accepted = await client.json(Endpoint.pathOf(Endpoints.accept, { jobUUID }), { runnerToken: RUNNER })
    const job: string = JSON.parse(accepted.body).job.jobToken
    const form = formOf(folder, { job, runner: RUNNER }, mebibytes * 1024 ** 2)
    await send(client, Endpoint.pathOf(Endpoints.success, { jobUUID }), form)
  }
  const began = performance.now()
  await Promise.all((await rows.run(ownJobs)).map(({ id }) => submit(id)))
  await published(rows)
  const seconds = (performance.now() - began) / 1000
  const peakMemoryMB = Math.round(((await server.peakMemory()) * 1024 ** 2) / 1e6)
  client.close()
  await server.stop()
  const mebibytesPerSecond = Math.round((mebibytes * RESULTS) / seconds)
  return {
    results: RESULTS,
    mebibytesEach: mebibytes,
    seconds: Math.round(seconds * 10) / 10,
    mebibytesPerSecond,
    peakMemoryMB,
    goal: `memory below ${GOAL} MB`,
    met: peakMemoryMB < GOAL
  }
}

/** Submits five large results at once to a server that stores them in a bucket. None where the service cannot run. */
export const s3Uploads = async (
  situation: Situation,
  rows: Rows,
  mebibytes: number
): Promise<ReadonlyArray<S3UploadResult>> => {
  if (!canFetchServices()) {
    console.log("Left out: the S3 service needs Debian or Ubuntu, and root.")
    return []
  }
  fetchServices()
  const measuring = Effect.flatMap(radosgw, (service) =>
    Effect.promise(() => measure(situation, rows, mebibytes, service))
  )
  const removeSharedFolder = makeSharedFolder()
  try {
    return [await Effect.runPromise(Effect.scoped(measuring))]
  } finally {
    removeSharedFolder()
  }
}
