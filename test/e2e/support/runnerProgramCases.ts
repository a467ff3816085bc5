import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, type Scope } from "effect"
import { api, assertPublished, request } from "./Api.ts"
import { fixture, makeClip } from "./clips.ts"
import * as ExampleServer from "./ExampleServer.ts"
import * as RunnerProgram from "./RunnerProgram.ts"
import { until } from "./waiting.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

const env = {
  LOCAL_RUNNER: "off",
  TRANSCODING_RESOLUTIONS_144P: "true",
  RUNNER_VOD_SILENCE: "20 seconds"
}

const startServer = Effect.gen(function* () {
  const dataDir = join(yield* temporaryFolder, "data")
  return yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
})

/** The names of the runners that a server knows. */
const runnersOf = (server: ExampleServer.ExampleServer) =>
  Effect.map(
    request(`${server.url}/api/v1/runners?start=0&count=10`, {
      headers: { authorization: `Bearer ${ExampleServer.keptToken(server.dataDir)}` }
    }),
    ({ status, text }): ReadonlyArray<string> => {
      assert.strictEqual(status, 200, text)
      return JSON.parse(text).data.map(({ name }: { readonly name: string }) => name)
    }
  )

/** Every file with a token, and its mode. */
const tokenFiles = (workDirectory: string) =>
  Effect.promise(async () => {
    const folders = await readdir(workDirectory)
    return await Promise.all(
      folders.map(async (folder) => {
        const file = join(workDirectory, folder, "runner.json")
        return { mode: (await stat(file)).mode & 0o777, content: await readFile(file, "utf8") }
      })
    )
  })

/** Uploads a video of so many seconds, and waits until the runner works on it. */
const working = (server: ExampleServer.ExampleServer, seconds: number) =>
  Effect.gen(function* () {
    const clip = yield* makeClip(yield* temporaryFolder, "long.mp4", { size: "640x360", seconds })
    const client = api(server.url)
    const { uuid } = yield* client.upload(clip)
    const states = Effect.map(client.video(uuid), ({ jobs }) => jobs.map(({ state }) => state.label))
    yield* until("a job runs", states, (labels) => labels.includes("Processing"))
    return { uuid, client, states }
  })

/**
 * Registers at two servers, does a job of each, is restarted without another registration, finishes its jobs after one
 * SIGTERM, and gives them back after two.
 */
export const servesTwoServers = (program: string): Effect.Effect<void, unknown, Scope.Scope | Ffmpeg> =>
  Effect.gen(function* () {
    const servers = yield* Effect.all([startServer, startServer], { concurrency: 2 })
    const tokens = yield* Effect.all(servers.map(ExampleServer.registrationToken))
    const [first] = servers
    const workDirectory = join(yield* temporaryFolder, "work")
    const urls = servers.flatMap(({ url }) => ["--url", url])
    const args = ["--work-directory", workDirectory, "--name", "outside", "--progress-interval", "1 second"]
    const begun = yield* RunnerProgram.launch(program, [...args, ...urls], {
      CONNECTOR_RUNNER_REGISTRATION_TOKEN: tokens.join(",")
    })
    for (const server of servers) {
      const client = api(server.url)
      const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
      const video = yield* client.settled(uuid)
      assertPublished(video, [144])
      deepStrictEqual([...new Set(video.jobs.map(({ runner }) => runner?.name))], ["outside"])
    }
    const files = yield* tokenFiles(workDirectory)
    deepStrictEqual(
      files.map(({ mode }) => mode),
      [0o600, 0o600]
    )
    yield* begun.send("SIGTERM")
    deepStrictEqual(yield* begun.ended, { code: 0, signal: null })

    // A restart needs no registration token, and drains.
    const again = yield* RunnerProgram.launch(program, [...args, ...urls])
    const drained = yield* working(first, 20)
    yield* again.send("SIGTERM")
    deepStrictEqual(yield* again.ended, { code: 0, signal: null })
    const after = yield* drained.states
    assert.include(after, "Completed")
    assert.notInclude(after, "Processing")
    const { jobs } = yield* drained.client.video(drained.uuid)
    deepStrictEqual([...new Set(jobs.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome)))], ["completed"])

    const third = yield* RunnerProgram.launch(program, [...args, ...urls])
    // The work must not end before the second signal.
    const aborted = yield* working(first, 120)
    yield* third.send("SIGTERM")
    yield* RunnerProgram.printed(third, /Draining/)
    yield* third.send("SIGTERM")
    deepStrictEqual(yield* third.ended, { code: 0, signal: null })
    assert.match(yield* third.log, /second signal/)
    assert.notInclude(yield* aborted.states, "Processing")
    for (const server of servers) deepStrictEqual(yield* runnersOf(server), ["outside"])
    deepStrictEqual(yield* tokenFiles(workDirectory), files)
    for (const log of [yield* begun.log, yield* again.log, yield* third.log]) assert.notMatch(log, /ptr(r|j)?t-/)
  })
