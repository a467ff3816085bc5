import { existsSync } from "node:fs"
import { mkdir, readFile, symlink } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema } from "effect"
import { copyDatabase } from "../fixtures/cluster.ts"
import { downloadPath, jobToken, uuid } from "../fixtures/django/world.ts"
import { api } from "./support/Api.ts"
import { runCli } from "./support/cli.ts"
import { Engine, fixture } from "./support/clips.ts"
import { makeOriginal, RUNNING } from "./support/djangoOriginal.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { dial } from "./support/rawTcp.ts"
import { recordedRunners } from "./support/recordedRunners.ts"
import { makeRendition } from "./support/rendition.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const R = "/api/v1/runners"
const TYPE = "vod-hls-transcoding"
const clip = fixture("moov-last.mp4")

const Jobs = Schema.parseJson(
  Schema.Struct({
    total: Schema.Int,
    data: Schema.Array(Schema.Struct({ uuid: Schema.UUID, state: Schema.Struct({ label: Schema.String }) }))
  })
)

const jobsIn = (server: ExampleServer.ExampleServer) =>
  Effect.map(api(server.url, ExampleServer.keptToken(server.dataDir)).send(`${R}/jobs?count=100`), ({ text }) =>
    Schema.decodeSync(Jobs)(text)
  )

const countIn = (server: ExampleServer.ExampleServer) =>
  Effect.map(jobsIn(server), ({ data }) => {
    const count = (wanted: string) => data.filter(({ state }) => state.label === wanted).length
    return {
      pending: count("Pending"),
      processing: count("Processing"),
      completing: count("Completing"),
      waiting: count("Waiting for parent job to finish"),
      completed: count("Completed")
    }
  })

const runnersOf = (server: ExampleServer.ExampleServer) =>
  Effect.map(api(server.url, ExampleServer.keptToken(server.dataDir)).send(R), ({ text }) =>
    (JSON.parse(text) as { readonly data: ReadonlyArray<{ readonly name: string }> }).data
      .map(({ name }) => name)
      .sort()
  )

/** A job that a runner accepted from the original. */
const heldBy = (number: number): ScriptedRunner.HeldJob => ({
  ...{ uuid: uuid(16, number * 100), type: TYPE, payload: {}, jobToken: jobToken(number * 100) },
  runnerToken: `ptrt-${uuid(12, 1 + (number % 2))}`
})

it.scopedLive(
  "continues an installation of the original: no runner registers again, and no job is lost",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const dataDir = join(folder, "data")
      const { file, media } = yield* makeOriginal(folder)
      const port = yield* freePort
      // The runners of the original report nothing until the end of the import and a while after it.
      const env = { LOCAL_RUNNER: "off", DJANGO_DOWNLOAD_PATHS: "on", RUNNER_VOD_SILENCE: "10 minutes" }
      const server = yield* ExampleServer.start({ dataDir, port, env })
      const command = (...more: ReadonlyArray<string>) =>
        runCli({ DATA_DIR: dataDir, PORT: String(port) }, [
          "import-django",
          "--database",
          file,
          "--media",
          media,
          ...more
        ])

      const dry = yield* command("--dry-run")
      assert.strictEqual(dry.code, 0, dry.err)
      assert.match(dry.out, /Nothing was written\. 63 rows read, 63 imported/)
      assert.strictEqual((yield* jobsIn(server)).total, 0)
      assert.lengthOf(yield* filesBelow(join(dataDir, "storage", "videos")), 0)

      const imported = yield* command()
      assert.strictEqual(imported.code, 0, imported.err)
      assert.match(imported.out, /runnerjob +Pending +40\n/)
      assert.match(imported.out, /63 rows read, 63 imported, 0 imported before, 0 skipped\./)
      assert.match(imported.out, /runnerjob +Processing +5\n/)
      assert.match(imported.out, /runnerjob +WaitingForParent +5\n/)
      // The usual rules release the job that nobody works on.
      yield* until("the stuck job is Pending", countIn(server), ({ pending }) => pending === 41)
      deepStrictEqual(yield* countIn(server), { pending: 41, processing: 4, completing: 0, waiting: 5, completed: 0 })

      // The runners go on where they were, with the tokens and URLs that they hold.
      const [recorded] = recordedRunners
      assert.isDefined(recorded)
      const scripted = ScriptedRunner.make(recorded, port)
      const original = yield* Effect.promise(() => readFile(clip))
      const result = yield* makeRendition(original, 144)
      for (const number of RUNNING) {
        const one = heldBy(number)
        const downloaded = yield* Effect.scoped(
          Effect.flatMap(dial(port), (connection) =>
            scripted.download(connection, one, `${server.url}${downloadPath(number, number * 100)}`)
          )
        )
        ScriptedRunner.expect(downloaded, 200)
        assert.strictEqual(downloaded?.bytes.length, original.length)
        ScriptedRunner.expect(yield* scripted.update(one), 204)
        ScriptedRunner.expect(yield* scripted.succeed(one, result), 204)
      }
      yield* until("the held jobs are completed", countIn(server), ({ completed }) => completed === 4)
      deepStrictEqual(yield* countIn(server), { pending: 45, processing: 0, completing: 0, waiting: 1, completed: 4 })

      const runnerToken = `ptrt-${uuid(12, 2)}`
      const [offered] = yield* scripted.request(runnerToken)
      const next = yield* scripted.accept(String(offered?.uuid), runnerToken)
      ScriptedRunner.expect(yield* scripted.update(next), 204)
      ScriptedRunner.expect(yield* scripted.succeed(next, result), 204)
      yield* until("the next job is completed", countIn(server), ({ completed }) => completed === 5)
      deepStrictEqual(yield* runnersOf(server), ["runner 1", "runner 2"])

      const again = yield* command()
      assert.match(again.out, /63 rows read, 0 imported, 63 imported before, 0 skipped\./)
      deepStrictEqual(yield* countIn(server), { pending: 44, processing: 0, completing: 0, waiting: 1, completed: 5 })
      yield* server.stop()

      // Without the setting the path is unknown. Our own runner goes on with the jobs that nobody holds.
      const later = yield* ExampleServer.start({ dataDir, port, env: { LOCAL_RUNNER: "on" } })
      const refused = yield* api(later.url).send(downloadPath(1, 100), { method: "POST" })
      assert.strictEqual(refused.status, 404)
      const counts = yield* until("our runner has done a job", countIn(later), ({ completed }) => completed > 5)
      assert.strictEqual((yield* jobsIn(later)).total, 50)
      assert.strictEqual(counts.pending + counts.processing + counts.completing + counts.waiting + counts.completed, 50)
      assert.includeMembers([...(yield* runnersOf(later))], ["runner 1", "runner 2"])
    }).pipe(Effect.provide(Engine)),
  480_000
)

it.scopedLive(
  "leaves the files where they are when the media folder is the storage, and a dry run makes not even a folder",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { file, media } = yield* makeOriginal(folder)
      const before = yield* filesBelow(folder)
      const data = join(folder, "data")
      const command = (dataDir: string, ...more: ReadonlyArray<string>) =>
        runCli({ DATA_DIR: dataDir }, ["import-django", "--database", file, "--media", media, ...more])

      const dry = yield* command(data, "--dry-run")
      assert.strictEqual(dry.code, 0, dry.err)
      deepStrictEqual(yield* filesBelow(folder), before)
      assert.isFalse(existsSync(data))

      yield* Effect.promise(async () => {
        await mkdir(data)
        await symlink(media, join(data, "storage"))
      })
      yield* copyDatabase(join(data, "postgres"))
      const imported = yield* command(data)
      assert.strictEqual(imported.code, 0, imported.err)
      assert.match(imported.out, /63 imported/)
      assert.isFalse(existsSync(join(data, "storage-copy.jsonl")))
      const sources = before.filter(([name]) => name.startsWith("media/"))
      deepStrictEqual(
        (yield* filesBelow(folder)).filter(([name]) => name.startsWith("media/videos/")),
        sources
      )
    }),
  300_000
)

it.scopedLive("names the remedy for a wrong database or folder", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const command = (database: string, media: string) =>
      runCli({ DATA_DIR: join(folder, "data") }, [
        "import-django",
        "--dry-run",
        "--database",
        database,
        "--media",
        media
      ])
    const missing = yield* command(join(folder, "none.sqlite3"), folder)
    assert.deepStrictEqual([missing.code, missing.err.includes("none.sqlite3 cannot be read")], [1, true], missing.err)
    const nowhere = yield* command(join(folder, "none.sqlite3"), join(folder, "none"))
    assert.match(nowhere.err, /There is no folder /)
    const unreachable = yield* command("postgres://user:secret@127.0.0.1:1/db", folder)
    assert.strictEqual(unreachable.code, 1)
    assert.match(unreachable.err, /The database of --database cannot be read: .*ECONNREFUSED/)
    assert.notInclude(unreachable.err, "secret")
  })
)
