import { randomUUID } from "node:crypto"
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Deferred, Effect, Fiber, Layer, Redacted, TestClock } from "effect"
import * as Slots from "../src/Slots.ts"
import * as Sources from "../src/Sources.ts"
import type { Lease } from "../src/wire/RunnerCalls.ts"
import * as Wire from "../src/wire/Wire.ts"
import { quickest, startRunner, temporaryFolder, testServer, until } from "./support/harness.ts"
import { makeFile, partOf } from "./support/media.ts"

/** The file of every video on a server. */
interface Served {
  content: string
  etag: string | undefined
  /** The status for a client that has the version. */
  notModified: 304 | 412
  /** Redirects all requests. */
  location: string | undefined
  /** Delays the answers. */
  hold: Promise<unknown> | undefined
}

/** A server of one file for all addresses. Notes the condition of each request and the status of its answer. */
const fileServer = Effect.gen(function* () {
  const file: Served = {
    ...{ content: "first", etag: '"1"', notModified: 412 },
    ...{ location: undefined, hold: undefined }
  }
  const answers: Array<readonly [condition: string | undefined, status: number]> = []
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    await file.hold
    const condition = request.headers["if-none-match"]
    const isKnown = condition !== undefined && condition === file.etag
    const status = file.location !== undefined ? 302 : isKnown ? file.notModified : 200
    answers.push([condition, status])
    response.writeHead(status, {
      ...(file.etag === undefined ? {} : { etag: file.etag }),
      ...(file.location === undefined ? {} : { location: file.location })
    })
    response.end(status === 200 ? file.content : "")
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () => Effect.promise(() => new Promise((resolve) => server.close(resolve)))
  )
  return { file, answers, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
})

const leaseOf = (uuid: string): Lease => ({
  uuid,
  jobToken: Redacted.make("ptrjt-test"),
  runnerToken: Redacted.make("ptrt-test")
})

/** Sources over that server. `fetch` is the download of a job of its own. Lists the kept files. */
const given = (slots = 2) =>
  Effect.gen(function* () {
    const server = yield* fileServer
    const workDirectory = yield* temporaryFolder
    const wire = yield* Wire.make(new URL(server.url))
    const sources = yield* Sources.make(wire, { slots: Slots.make(slots), workDirectory })
    const fetch = (video: string, job = randomUUID()) =>
      Effect.gen(function* () {
        const path = join(workDirectory, job)
        const address = `${server.url}/api/v1/runners/jobs/${job}/files/videos/${video}/max-quality`
        const { content } = yield* sources.download(leaseOf(job), address, path)
        return { content, path, text: yield* Effect.promise(() => readFile(path, "utf8")) }
      })
    const kept = Effect.promise(() => readdir(join(workDirectory, "sources")))
    return { ...server, fetch, kept, workDirectory }
  })

const live = Layer.merge(NodeContext.layer, NodeHttpClient.layer)

it.scopedLive("uses the file of an earlier job when the server confirms it", () =>
  Effect.gen(function* () {
    const { answers, fetch } = yield* given()
    const [first, second] = [yield* fetch("a"), yield* fetch("a")]
    expect(second).toMatchObject({ text: "first" })
    expect(second.content).toBe(first.content)
    expect(answers).toEqual([
      [undefined, 200],
      ['"1"', 412]
    ])
  }).pipe(Effect.provide(live))
)

it.scopedLive("downloads a file that has changed, and leaves the files of other jobs alone", () =>
  Effect.gen(function* () {
    const { answers, fetch, file, kept } = yield* given()
    const first = yield* fetch("a")
    Object.assign(file, { content: "second", etag: '"2"' })
    const second = yield* fetch("a")
    expect(second.text).toBe("second")
    expect(second.content).not.toBe(first.content)
    expect(yield* Effect.promise(() => readFile(first.path, "utf8"))).toBe("first")
    expect((yield* fetch("a")).text).toBe("second")
    expect(answers.map(([condition]) => condition)).toEqual([undefined, '"1"', '"2"'])
    expect(yield* kept).toHaveLength(1)
  }).pipe(Effect.provide(live))
)

it.scopedLive("does not change a kept file when a job downloads to the same path again", () =>
  Effect.gen(function* () {
    const { answers, fetch, file } = yield* given()
    const job = randomUUID()
    yield* fetch("a", job)
    Object.assign(file, { content: "other", etag: '"2"' })
    yield* fetch("b", job)
    Object.assign(file, { content: "first", etag: '"1"' })
    expect((yield* fetch("a")).text).toBe("first")
    expect(answers.map(([, status]) => status)).toEqual([200, 200, 412])
  }).pipe(Effect.provide(live))
)

it.scopedLive("uses no file of another video, though it has the same tag", () =>
  Effect.gen(function* () {
    const { answers, fetch, file } = yield* given()
    yield* fetch("a")
    file.content = "other"
    expect((yield* fetch("b")).text).toBe("other")
    expect(answers).toEqual([
      [undefined, 200],
      [undefined, 200]
    ])
  }).pipe(Effect.provide(live))
)

it.scopedLive("keeps no file without a strong tag", () =>
  Effect.gen(function* () {
    const { answers, fetch, file, kept } = yield* given()
    for (const etag of [undefined, 'W/"1"', "1"]) {
      file.etag = etag
      yield* fetch("a")
      expect((yield* fetch("a")).text).toBe("first")
    }
    expect(answers.every(([condition]) => condition === undefined)).toBe(true)
    expect(yield* kept).toEqual([])
  }).pipe(Effect.provide(live))
)

it.scopedLive("takes the word of a store to which the server redirects", () =>
  Effect.gen(function* () {
    const { answers, fetch, file } = yield* given()
    const { file: stored, answers: fromStore, url: store } = yield* fileServer
    file.location = `${store}/bucket/key?signature=abc`
    Object.assign(stored, { content: "stored", notModified: 304 })
    expect((yield* fetch("a")).text).toBe("stored")
    expect((yield* fetch("a")).text).toBe("stored")
    expect(answers.map(([, status]) => status)).toEqual([302, 302])
    expect(fromStore).toEqual([
      [undefined, 200],
      ['"1"', 304]
    ])
  }).pipe(Effect.provide(live))
)

it.scopedLive("downloads a file that was kept and is lost", () =>
  Effect.gen(function* () {
    const { answers, fetch, kept, workDirectory } = yield* given()
    yield* fetch("a")
    for (const name of yield* kept) yield* Effect.promise(() => rm(join(workDirectory, "sources", name)))
    expect((yield* fetch("a")).text).toBe("first")
    expect(answers.map(([, status]) => status)).toEqual([200, 412, 200])
    yield* fetch("a")
    expect(answers.at(-1)).toEqual(['"1"', 412])
  }).pipe(Effect.provide(live))
)

it.scopedLive("keeps two files for each slot, those that were used last", () =>
  Effect.gen(function* () {
    const { answers, fetch, kept } = yield* given(1)
    for (const video of ["a", "b", "a", "c"]) yield* fetch(video)
    expect(yield* kept).toHaveLength(2)
    for (const video of ["a", "c", "b"]) yield* fetch(video)
    expect(answers.map(([, status]) => status)).toEqual([200, 200, 412, 200, 412, 412, 200])
  }).pipe(Effect.provide(live))
)

it.scopedLive("jobs that need the same file at once wait for one download", () =>
  Effect.gen(function* () {
    const { answers, fetch, file } = yield* given()
    const gate = yield* Deferred.make<void>()
    file.hold = Effect.runPromise(Deferred.await(gate))
    const jobs = yield* Effect.fork(Effect.all([fetch("a"), fetch("a"), fetch("a")], { concurrency: 3 }))
    yield* Deferred.succeed(gate, undefined)
    for (const { text } of yield* Fiber.join(jobs)) expect(text).toBe("first")
    expect(answers.map(([, status]) => status)).toEqual([200, 412, 412])
  }).pipe(Effect.provide(live))
)

it.scoped("removes files that nobody has used for a minute", () =>
  Effect.gen(function* () {
    const { fetch, kept } = yield* given()
    yield* fetch("a")
    yield* TestClock.adjust("30 seconds")
    yield* fetch("b")
    yield* TestClock.adjust("30 seconds")
    const left = Effect.repeat(kept, { until: (names) => names.length === 1 })
    expect(yield* left).toHaveLength(1)
    yield* TestClock.adjust("1 minute")
    expect(yield* Effect.repeat(kept, { until: (names) => names.length === 0 })).toEqual([])
    expect((yield* fetch("a")).text).toBe("first")
  }).pipe(Effect.provide(live))
)

it.scopedLive("a runner removes the files of a run that crashed, and its own ones at the end", () =>
  Effect.gen(function* () {
    const [server, workDirectory] = [yield* testServer, yield* temporaryFolder]
    const folder = join(workDirectory, "sources")
    yield* Effect.promise(() => mkdir(folder))
    yield* Effect.promise(() => writeFile(join(folder, "old"), "left by a crash"))
    const source = yield* Effect.provide(
      makeFile(workDirectory, "source.mp4", "-f", "lavfi", "-i", "testsrc=size=64x36:rate=24:duration=1"),
      quickest
    )
    const job = server.addJob({ source, etag: '"1"' })
    const runner = yield* startRunner(server, quickest, { workDirectory })
    yield* until("the job is done", () => job.state === "Completed")
    const names = yield* Effect.promise(() => readdir(folder))
    expect(names).toHaveLength(1)
    expect(names).not.toContain("old")
    yield* runner.stop
    expect(yield* Effect.promise(() => readdir(workDirectory))).not.toContain("sources")
  })
)

it.scopedLive("a runner downloads and probes the source of a video once for all its renditions", () =>
  Effect.gen(function* () {
    const [server, folder] = [yield* testServer, yield* temporaryFolder]
    const probed: Array<string> = []
    const counting = Layer.effect(
      Ffmpeg,
      Effect.map(Ffmpeg, (engine) => ({
        ...engine,
        ffprobe: (command: Parameters<typeof engine.ffprobe>[0]) => {
          probed.push("path" in command.input ? command.input.path : "")
          return engine.ffprobe(command)
        }
      }))
    ).pipe(Layer.provide(quickest))
    const source = yield* Effect.provide(
      makeFile(
        folder,
        ...["source.mp4", "-f", "lavfi", "-i", "testsrc=size=128x72:rate=24:duration=1"],
        ...["-pix_fmt", "yuv420p"]
      ),
      quickest
    )
    const video = { videoId: randomUUID(), source, etag: '"1"' }
    const jobs = [72, 48, 36].map((resolution) => server.addJob({ ...video, output: { resolution } }))
    yield* startRunner(server, counting, { concurrency: 1 })
    yield* until("all jobs are done", () => jobs.every(({ state }) => state === "Completed"))
    for (const job of jobs) expect(partOf(job, "videoFile").content.length).toBeGreaterThan(0)
    expect(server.callsOf("maxQuality").map(({ headers }) => headers["if-none-match"])).toEqual([
      undefined,
      '"1"',
      '"1"'
    ])
    expect(probed).toHaveLength(1)
  })
)
