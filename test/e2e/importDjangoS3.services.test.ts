import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { downloadPath, jobToken, sourceName, uuid } from "../fixtures/django/world.ts"
import { runCli } from "./support/cli.ts"
import { fixture } from "./support/clips.ts"
import { makeOriginal, RUNNING, VIDEOS } from "./support/djangoOriginal.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { dial } from "./support/rawTcp.ts"
import { recordedRunners } from "./support/recordedRunners.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { type Bucket, newBucket } from "./support/s3.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const PREFIX = "original/media"
const clip = Effect.promise(() => readFile(fixture("moov-last.mp4")))

const sources = VIDEOS.map(sourceName).sort()

/** The files of the original in a bucket. */
const filled = Effect.gen(function* () {
  const bucket = yield* newBucket()
  const content = yield* clip
  yield* Effect.forEach(sources, (name) => bucket.put(`${PREFIX}/${name}`, content), { concurrency: 5 })
  return bucket
})

const isSource = (key: string): boolean => sources.some((name) => key.endsWith(name))

const sourcesIn = (bucket: Bucket) => Effect.map(bucket.keys, (keys) => keys.filter(isSource).sort())

/** Imports the original into a server whose files are in the target, and downloads the input of a running job. */
const importInto = (target: Readonly<Record<string, string>>, media: (folder: string) => string) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const dataDir = join(folder, "data")
    const original = yield* makeOriginal(folder)
    const port = yield* freePort
    const env = { LOCAL_RUNNER: "off", DJANGO_DOWNLOAD_PATHS: "on", RUNNER_VOD_SILENCE: "10 minutes", ...target }
    const server = yield* ExampleServer.start({ dataDir, port, env })
    const words = ["import-django", "--database", original.file, "--media", media(original.media)]
    const command = runCli({ DATA_DIR: dataDir, PORT: String(port), ...target }, words)
    const imported = yield* command
    assert.strictEqual(imported.code, 0, imported.err)
    assert.match(imported.out, /63 rows read, 63 imported, 0 imported before, 0 skipped\./)
    const again = yield* command
    assert.match(again.out, /63 rows read, 0 imported, 63 imported before, 0 skipped\./)

    const [recorded] = recordedRunners
    assert.isDefined(recorded)
    const [number = 0] = RUNNING
    const held = {
      ...{ uuid: uuid(16, number * 100), type: "vod-hls-transcoding", payload: {}, jobToken: jobToken(number * 100) },
      runnerToken: `ptrt-${uuid(12, 1 + (number % 2))}`
    }
    const connection = yield* dial(port)
    const url = `${server.url}${downloadPath(number, number * 100)}`
    const downloaded = yield* ScriptedRunner.make(recorded, port).download(connection, held, url)
    ScriptedRunner.expect(downloaded, 200)
    assert.isTrue(downloaded?.bytes.equals(yield* clip))
  }).pipe(Effect.scoped)

it.scopedLive(
  "imports the media of a bucket into another bucket, and changes nothing in the first one",
  () =>
    Effect.gen(function* () {
      const [from, target] = [yield* filled, yield* newBucket()]
      const before = yield* from.keys
      yield* importInto(target.env, () => `s3:${from.name}/${PREFIX}`)
      deepStrictEqual(yield* sourcesIn(target), sources)
      deepStrictEqual(yield* from.keys, before)
      deepStrictEqual(yield* target.unfinished, [])
    }),
  300_000
)

it.scopedLive(
  "imports the media of a folder into a bucket",
  () =>
    Effect.gen(function* () {
      const target = yield* newBucket()
      yield* importInto({ ...target.env, S3_PREFIX: "some/media" }, (media) => media)
      deepStrictEqual(
        yield* sourcesIn(target),
        sources.map((name) => `some/media/${name}`)
      )
    }),
  300_000
)

it.scopedLive(
  "leaves the media where they are when the bucket of the original is that of the server",
  () =>
    Effect.gen(function* () {
      const bucket = yield* filled
      yield* importInto({ ...bucket.env, S3_PREFIX: PREFIX }, () => `s3:${bucket.name}/${PREFIX}`)
      deepStrictEqual(
        yield* sourcesIn(bucket),
        sources.map((name) => `${PREFIX}/${name}`)
      )
    }),
  300_000
)
