import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect } from "effect"
import { api, assertPublished, type Video } from "./support/Api.ts"
import { Engine, fixture, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { survivors } from "./support/processes.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const codes = { SIGTERM: [0, 143], SIGINT: [0, 130] }

/** Waits until the local runner reports progress. */
const atWork = (server: ExampleServer.ExampleServer, uuid: string) => {
  const jobs = Effect.map(api(server.url).video(uuid), (video) => video.jobs)
  const isHalfDone = ({ progress, state }: Video["jobs"][number]) =>
    state.label === "Processing" && Number(progress) > 0
  return until("the runner works", jobs, (all) => all.some(isHalfDone))
}

/** Stops the server while FFmpeg runs. It ends within seconds and leaves no process. */
const stopAtWork = (server: ExampleServer.ExampleServer, uuid: string, signal: "SIGTERM" | "SIGINT") =>
  Effect.gen(function* () {
    yield* atWork(server, uuid)
    const children = yield* server.children()
    const postgres = ExampleServer.postgresOf(server.dataDir)
    assert.strictEqual(survivors(postgres).length, 1)
    const [took, end] = yield* Effect.timed(server.stop(signal))
    assert.oneOf(end.code, codes[signal], yield* server.log)
    assert.isBelow(Duration.toSeconds(took), 18)
    deepStrictEqual(survivors([...children, ...postgres]), [])
    assert.notMatch(yield* server.log, /ERROR/)
  })

/** The next server finds pending and completed jobs, no failed attempts and no leftover files. */
const assertGivenBack = (options: ExampleServer.ServerOptions, uuid: string, times: number) =>
  Effect.gen(function* () {
    const server = yield* ExampleServer.start({ ...options, env: { LOCAL_RUNNER: "off" } })
    const { jobs } = yield* api(server.url).video(uuid)
    for (const { failures, state } of jobs) {
      assert.oneOf(state.label, ["Pending", "Completed"])
      assert.strictEqual(failures, 0)
    }
    assert.strictEqual(jobs.at(-1)?.state.label, "Pending", "the largest, which takes longest")
    const tries = jobs.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome))
    assert.isAtLeast(tries.filter((outcome) => outcome === "aborted").length, times)
    for (const outcome of tries) assert.oneOf(outcome, ["aborted", "completed"])
    deepStrictEqual(yield* filesBelow(join(options.dataDir, "local-runner", "jobs")), [])
    deepStrictEqual(yield* filesBelow(join(options.dataDir, "spool")), [])
    assert.notMatch(yield* server.log, /WARN|ERROR|Stopping the PostgreSQL/)
    assert.oneOf((yield* server.stop("SIGINT")).code, codes.SIGINT)
  })

const place = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  return { folder, options: { dataDir: join(folder, "data"), port: yield* freePort } }
})

describe("a server ended", () => {
  it.scopedLive(
    "by SIGTERM or SIGINT while its runner works stops within seconds, leaves no process and releases the jobs",
    () =>
      Effect.gen(function* () {
        const { folder, options } = yield* place
        const clip = yield* makeClip(folder, "clip.mp4", { size: "854x480", seconds: 60 })
        const first = yield* ExampleServer.start(options)
        const { uuid } = yield* api(first.url).upload(clip)
        yield* stopAtWork(first, uuid, "SIGTERM")
        yield* stopAtWork(yield* ExampleServer.start(options), uuid, "SIGINT")
        yield* assertGivenBack(options, uuid, 2)
      }).pipe(Effect.provide(Engine)),
    300_000
  )

  it.scopedLive(
    "by SIGKILL while its runner works resumes the work at its next start, and leaves no FFmpeg running",
    () =>
      Effect.gen(function* () {
        const { folder, options } = yield* place
        const clip = yield* makeClip(folder, "clip.mp4", { size: "640x360", seconds: 30 })
        const first = yield* ExampleServer.start(options)
        const { uuid } = yield* api(first.url).upload(clip)
        yield* atWork(first, uuid)
        const children = yield* first.children("ffmpeg")
        yield* first.kill
        const next = yield* ExampleServer.start(options)
        yield* until(
          "the children of the killed server have ended",
          Effect.sync(() => survivors(children)),
          (pids) => pids.length === 0
        )
        const video = yield* api(next.url).settled(uuid)
        assertPublished(video, [360])
        for (const { failures } of video.jobs) assert.strictEqual(failures, 0)
      }).pipe(Effect.provide(Engine)),
    300_000
  )

  it.scopedLive(
    "by SIGKILL while it creates its database starts normally afterwards",
    () =>
      Effect.gen(function* () {
        const { options } = yield* place
        const said: Array<string> = []
        for (const line of ["Making a PostgreSQL cluster", "PostgreSQL (process"]) {
          const server = yield* ExampleServer.launch(options)
          yield* until(`it says ${line}`, server.log, (log) => log.includes(line))
          yield* server.kill
          said.push(yield* server.log)
        }
        const server = yield* ExampleServer.start(options)
        const client = api(server.url)
        const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
        assertPublished(yield* client.settled(uuid), [180])
        said.push(yield* server.log)
        const tokens = said.join("").match(/ptrrt-[\w-]+/g) ?? []
        // The killed server may have printed or created it.
        assert.isAtMost(tokens.length, 1, "it is printed once")
        assert.match(yield* server.log, /ptrrt-[\w-]+|To register a runner, make a token/)
        const admin = api(server.url, ExampleServer.keptToken(options.dataDir))
        const kept = yield* admin.send("/api/v1/runners/registration-tokens")
        for (const token of tokens) assert.include(kept.text, `ptrrt-…${token.slice(-4)}`, "and valid in either case")
      }),
    300_000
  )
})
