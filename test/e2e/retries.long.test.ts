import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { api, assertProblem, type Video } from "./support/Api.ts"
import { runCli } from "./support/cli.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { recordedRunners } from "./support/recordedRunners.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const TOKEN = "the-operator's-own"
const none = "00000000-0000-4000-8000-000000000000"

class Failing extends Context.Tag("Failing")<
  Failing,
  {
    readonly server: ExampleServer.ExampleServer
    readonly port: number
    readonly dataDir: string
    readonly uuid: string
  }
>() {}

/** A server whose jobs end with their first failure. It has no runner yet. */
const failing = Layer.scoped(
  Failing,
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const port = yield* freePort
    // Without ADMIN_TOKEN visitors read the documents of videos.
    yield* Effect.promise(() => mkdir(dataDir).then(() => writeFile(join(dataDir, "admin-token"), TOKEN)))
    const env = {
      LOCAL_RUNNER: "off",
      TRANSCODING_RUNNER_MAX_FAILURE: "1"
    }
    const server = yield* ExampleServer.start({ dataDir, port, env })
    const { uuid } = yield* api(server.url, TOKEN).upload(fixture("moov-last.mp4"))
    return { server, port, dataDir, uuid }
  })
)

/** Runs a command on the data of the server. */
const command = (...words: ReadonlyArray<string>) =>
  Effect.flatMap(Failing, ({ dataDir, port }) => runCli({ DATA_DIR: dataDir, PORT: String(port) }, words))

/** Registers a runner for one test. */
const aRunner = Effect.gen(function* () {
  const { port, server } = yield* Failing
  const [recorded] = recordedRunners
  assert.isDefined(recorded)
  const runner = ScriptedRunner.make(recorded, port)
  const token = yield* ExampleServer.registrationToken(server)
  const { runnerToken } = yield* Effect.acquireRelease(runner.register(token), ({ runnerToken }) =>
    runner.unregister(runnerToken)
  )
  return { runner, runnerToken }
})

/** Takes the first job and reports an error. */
const failNext = ({ runner, runnerToken }: Effect.Effect.Success<typeof aRunner>) =>
  Effect.gen(function* () {
    const [offer] = yield* runner.request(runnerToken)
    const job = yield* runner.accept(String(offer?.uuid), runnerToken)
    ScriptedRunner.expect(yield* runner.fail(job, "no space left"), 204)
    return job.uuid
  })

const jobsOf = ({ jobs }: Video) => jobs.map(({ state, waitingFor }) => [state.label, waitingFor])

const retry = (token: string | undefined, uuid: string) =>
  Effect.flatMap(Failing, ({ server }) => api(server.url, token).send(`/jobs/${uuid}/retry`, { method: "POST" }))

layer(failing, { excludeTestServices: true, timeout: "5 minutes" })("a failed job", (it) => {
  it.scoped("can be retried by administrators, and lists its attempts", () =>
    Effect.gen(function* () {
      const { server, uuid } = yield* Failing
      const client = api(server.url, TOKEN)
      const capable = "a runner that supports vod-hls-transcoding"
      for (const [state, waitingFor] of jobsOf(yield* client.video(uuid))) {
        deepStrictEqual([state, waitingFor], ["Pending", capable])
      }
      const runner = yield* aRunner
      const id = yield* failNext(runner)
      const video = yield* client.video(uuid)
      const job = video.jobs.find((one) => one.uuid === id)
      assert.isDefined(job)
      assert.strictEqual(job.state.label, "Errored")
      deepStrictEqual(
        job.attempts.map(({ message, outcome }) => [outcome, message]),
        [["failed", "no space left"]]
      )
      assert.match(String(job.attempts[0]?.endedAt), /^\d{4}-.*Z$/)
      assert.include(String(job.error), "no space left")

      for (const visitor of [api(server.url), api(server.url, "wrong")]) {
        const document = yield* visitor.video(uuid)
        assert.notInclude(JSON.stringify([document, yield* visitor.videos]), "no space left")
        const seen = document.jobs.find((one) => one.uuid === id)
        assert.strictEqual(seen?.error, "The runner reported an error.")
        deepStrictEqual(
          seen?.attempts.map(({ message, outcome }) => [outcome, message]),
          [["failed", null]]
        )
      }

      for (const token of [undefined, "wrong"]) assertProblem(yield* retry(token, id), 401)
      assertProblem(yield* retry(TOKEN, none), 404)
      assertProblem(yield* retry(TOKEN, "none"), 400)
      const retried = yield* retry(TOKEN, id)
      deepStrictEqual([retried.status, retried.text], [204, ""])
      assertProblem(yield* retry(TOKEN, id), 400)
      const again = (yield* client.video(uuid)).jobs.find((one) => one.uuid === id)
      deepStrictEqual([again?.state.label, again?.failures, again?.error], ["Pending", 0, null])
      deepStrictEqual([again?.waitingFor, again?.attempts.length], ["the idle runner to accept it", 1])

      const listed = yield* client.send(`/api/v1/runners/jobs?search=${id}`)
      const [shown] = JSON.parse(listed.text).data
      deepStrictEqual([shown.attempts, shown.waitingFor, shown.retryAt], [again?.attempts, again?.waitingFor, null])
    })
  )

  it.scoped("is replaced once when missing renditions are made", () =>
    Effect.gen(function* () {
      const { server, uuid } = yield* Failing
      const client = api(server.url, TOKEN)
      const ensure = (video: string) => client.send(`/videos/${video}/renditions`, { method: "POST" })
      const runner = yield* aRunner
      const first = yield* failNext(runner)
      assertProblem(yield* ensure(none), 404)
      assertProblem(yield* ensure("none"), 400)
      const made = yield* ensure(uuid)
      assert.strictEqual(made.status, 200, made.text)
      const { jobs } = JSON.parse(made.text)
      assert.lengthOf(jobs, 1)
      deepStrictEqual(JSON.parse((yield* ensure(uuid)).text), { jobs: [] })
      assertProblem(yield* retry(TOKEN, first), 400)
      const open = (yield* client.video(uuid)).jobs.filter(({ state }) => state.label === "Pending")
      assert.includeMembers(
        open.map((job) => job.uuid),
        [jobs[0].uuid]
      )
    })
  )

  it.scoped(
    "can be retried and replaced by commands",
    () =>
      Effect.gen(function* () {
        const { server, uuid } = yield* Failing
        const runner = yield* aRunner
        const failed = yield* failNext(runner)
        const [listed, retried] = yield* Effect.all([command("video", "list"), command("job", "retry", failed)], {
          concurrency: 2
        })
        assert.match(listed.out, new RegExp(`^UUID +STATE.*\\n${uuid} +\\w+ +0 `))
        deepStrictEqual(retried, { code: 0, out: "", err: "" })
        const again = yield* failNext(runner)
        const made = yield* command("video", "ensure", uuid)
        const { jobs } = yield* api(server.url).video(uuid)
        assert.include(
          jobs.map((job) => `${job.uuid}\n`),
          made.out
        )
        assert.isTrue(jobs.some((job) => job.uuid === again && job.state.label === "Errored"))
        const refused = yield* command("job", "retry", again)
        deepStrictEqual([refused.code, refused.err], [1, "Another job makes, or has made, the same rendition.\n"])
      }),
    300_000
  )
})
