import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  ConnectorConfig,
  FileStorage,
  Ids,
  JobStore,
  MemoryDisk,
  MemoryFileStorage,
  MemoryMediaProbe,
  MemoryStores,
  RunnerStore,
  Tokens,
  VideoStore
} from "@runner-connector/core"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Chunk, DateTime, Effect, Layer, Option, Redacted, Stream } from "effect"
import { describe } from "vitest"
import { everyState } from "../../../test/fixtures/django/everyState.ts"
import { jobToken, renditionNames, uuid } from "../../../test/fixtures/django/world.ts"
import reports from "../../contracts/media-reports.json" with { type: "json" }
import { type DjangoDatabase, type ImportReport, importDjango } from "../src/index.ts"
import { inPostgres, inSqlite, mediaWith, otherSqlite } from "./support/installation.ts"
import { snapshot } from "./support/snapshot.ts"

const clip = reports["moov-last.mp4"]
const { files, rows } = everyState(clip)

const Base = Layer.mergeAll(
  MemoryMediaProbe.layer,
  MemoryFileStorage.layer,
  ConnectorConfig.layer({ publicUrl: new URL("http://media.example") })
).pipe(Layer.provideMerge(MemoryDisk.layer))

type Services =
  | DjangoDatabase.DjangoDatabase
  | RunnerStore.RunnerStore
  | JobStore.JobStore
  | Layer.Layer.Success<typeof Base>
  | VideoStore.VideoStore

const engines: ReadonlyArray<readonly [name: string, layer: () => Layer.Layer<Services, unknown>]> = [
  ["SQLite", () => Layer.mergeAll(inSqlite(rows), MemoryStores.layer, Base)],
  ["PostgreSQL", () => Layer.merge(SqlStores.layer.pipe(Layer.provideMerge(inPostgres(rows))), Base)]
]

const countsOf = ({ tables }: ImportReport.ImportReport) =>
  Object.fromEntries(
    Object.entries(tables).map(([table, { found, imported, present, skipped }]) => [
      table,
      [found, imported, present, skipped]
    ])
  )

const jobsByState = (report: ImportReport.ImportReport) =>
  Object.fromEntries(Object.entries(report.states).filter(([name]) => name.startsWith("runnerjob")))

const hashOf = (token: string) => Tokens.hashToken(Redacted.make(token))

const textOf = (key: string) =>
  Effect.flatMap(FileStorage.FileStorage, (storage) =>
    storage.read(key as never).pipe(Stream.decodeText(), Stream.mkString)
  )

for (const [engine, layer] of engines) {
  describe(`an import from ${engine}`, () => {
    it.scopedLive("imports every row that can be imported, and reports the others", () =>
      Effect.gen(function* () {
        const { media } = yield* mediaWith(files, clip)
        const report = yield* importDjango({ media })
        deepStrictEqual(countsOf(report), {
          runnerregistrationtoken: [2, 2, 0, 0],
          runner: [3, 2, 0, 1],
          video: [6, 5, 0, 1],
          videostreamingplaylist: [1, 1, 0, 0],
          videofile: [6, 3, 0, 3],
          runnerjob: [23, 17, 0, 6]
        })
        deepStrictEqual(jobsByState(report), {
          "runnerjob Completed": 2,
          "runnerjob Pending": 6,
          "runnerjob Processing": 1,
          "runnerjob Completing": 1,
          "runnerjob WaitingForParent": 2,
          "runnerjob Errored": 1,
          "runnerjob ParentErrored": 2,
          "runnerjob Cancelled": 1,
          "runnerjob ParentCancelled": 1
        })
        assert.strictEqual(report.failed, 0)
        const notes = Chunk.toReadonlyArray(report.notes).map(({ id, reason }) => `${id}: ${reason}`)
        assert.include(notes.join("\n"), `${uuid(13, 4)}: its directory`)
        assert.include(notes.join("\n"), "it belongs to no video")
        assert.include(notes.join("\n"), "jobs of the type live-rtmp-hls-transcoding cannot be imported")
        assert.notInclude(notes.join("\n"), "ptr")
      }).pipe(Effect.provide(layer()))
    )

    it.scopedLive("keeps tokens, ids, files and what runners hold", () =>
      Effect.gen(function* () {
        const { copied, media } = yield* mediaWith(files, clip)
        yield* importDjango({ media })
        const runners = yield* RunnerStore.RunnerStore
        const first = Option.getOrThrow(yield* runners.findByToken(yield* hashOf(`ptrt-${uuid(12, 1)}`)))
        assert.strictEqual(first.name, "runner 1")
        const token = yield* hashOf(`ptrrt-${uuid(11, 2)}`)
        assert.isTrue(Option.isSome(yield* runners.registrationTokens.findByHash(token)))

        const jobs = yield* JobStore.JobStore
        const alive = yield* jobs.heartbeat({
          id: Ids.JobId.make(uuid(16, 3)),
          runnerTokenHash: first.tokenHash,
          jobTokenHash: yield* Tokens.hashJobToken(Redacted.make(jobToken(3))),
          at: yield* DateTime.now,
          progress: Option.none()
        })
        assert.isTrue(Option.exists(alive, ({ state }) => state === "Processing"))
        const [held] = yield* jobs.family(Ids.JobId.make(uuid(16, 3)))
        deepStrictEqual(held?.progress, Option.some(42))

        const videos = yield* VideoStore.VideoStore
        const done = Option.getOrThrow(yield* videos.find(Ids.VideoId.make(uuid(13, 1))))
        assert.strictEqual(done.state, "Published")
        assert.isTrue(Option.isSome(done.endedAt))
        // The name with a space would need escapes in playlists.
        deepStrictEqual(done.baseName, Option.none())
        const master = yield* textOf(Option.getOrThrow(done.playlistKey))
        for (const resolution of [144, 96]) {
          const { media, playlist } = renditionNames(1, resolution)
          assert.include(copied, media)
          assert.include(copied, playlist)
          assert.include(master, playlist.slice(playlist.lastIndexOf("/") + 1))
        }
        assert.include(master, 'LANGUAGE="en"')
        assert.include(copied, "videos/1/talk-en.vtt")
        deepStrictEqual(done.thumbnailKey, Option.some("videos/1/thumb.jpg" as never))

        const open = Option.getOrThrow(yield* videos.find(Ids.VideoId.make(uuid(13, 2))))
        deepStrictEqual([open.state, open.endedAt, open.plan.keepSource], ["ToTranscode", Option.none(), false])
        deepStrictEqual(open.sourceKey, Option.some("videos/2/upload-2" as never))
        deepStrictEqual(open.source.duration, Option.some(2))
        const lost = Option.getOrThrow(yield* videos.find(Ids.VideoId.make(uuid(13, 5))))
        assert.strictEqual(lost.state, "TranscodingFailed")
        const talk = Option.getOrThrow(yield* videos.find(Ids.VideoId.make(uuid(13, 6))))
        deepStrictEqual([talk.state, Option.isSome(talk.endedAt)], ["ToImport", true])
      }).pipe(Effect.provide(layer()))
    )

    it.scopedLive("changes nothing when it is repeated, also after it was interrupted", () =>
      Effect.gen(function* () {
        const { copied, media } = yield* mediaWith(files, clip)
        const broken = { ...media, bring: () => Effect.fail({ message: "the disk is full" }) }
        const interrupted = yield* importDjango({ media: broken })
        assert.strictEqual(interrupted.failed, 2)
        const completed = yield* importDjango({ media })
        assert.strictEqual(completed.failed, 0)
        assert.strictEqual(completed.tables.video?.imported, 2)
        const once = yield* snapshot
        assert.lengthOf(once.videos, 5)
        const copies = copied.length

        const again = yield* importDjango({ media })
        deepStrictEqual(
          Object.values(again.tables).map(({ imported }) => imported),
          [0, 0, 0, 0, 0, 0]
        )
        deepStrictEqual(yield* snapshot, once)
        assert.lengthOf(copied, copies)
      }).pipe(Effect.provide(layer()))
    )

    it.scopedLive("writes nothing in a dry run, and reports the same", () =>
      Effect.gen(function* () {
        const { copied, media } = yield* mediaWith(files, clip)
        const dry = yield* importDjango({ media, dryRun: true })
        const { jobs, runners, tokens, videos } = yield* snapshot
        deepStrictEqual([jobs, runners, tokens, videos, copied], [[], [], [], [], []])
        deepStrictEqual(dry, yield* importDjango({ media }))
      }).pipe(Effect.provide(layer()))
    )
  })
}

it.scopedLive("fails with a remedy for a database of another program", () =>
  Effect.gen(function* () {
    const { media } = yield* mediaWith([], clip)
    const error = yield* Effect.flip(importDjango({ media }))
    assert.match(String(error.message), /"django_peertube_runner_connector_\w+" .* cannot be read/)
  }).pipe(Effect.provide([otherSqlite, Layer.mergeAll(MemoryStores.layer, Base)]))
)
