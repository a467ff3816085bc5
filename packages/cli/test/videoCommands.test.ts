import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { aPicture, aVideo, TestFiles, Testing } from "@runner-connector/core/testing"
import { Effect } from "effect"
import { assert, describe, it } from "vitest"
import { run } from "./support/commandLine.ts"
import { aFilm, connected, done, refused, rowsOf } from "./support/connected.ts"

/** A file of this machine, which goes with the scope. */
const aLocalFile = (name: string, content: Uint8Array | string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "cli-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
    ),
    (folder) => {
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    }
  )

const shown = (id: string) => Effect.map(run("video", "show", "--json", id), ({ out }) => JSON.parse(out))

const typeOf = (id: unknown) => Effect.map(run("job", "show", "--json", String(id)), ({ out }) => JSON.parse(out).type)

/** A film that a runner has transcoded. */
const aPublishedFilm = Effect.gen(function* () {
  const { id } = yield* aFilm()
  const runner = yield* Testing.runner()
  const jobs = yield* rowsOf("job", "list", "--video", id)
  for (const _ of jobs) {
    yield* runner.take()
    yield* runner.succeed()
  }
  assert.strictEqual((yield* shown(id)).state, "Published")
  return { id, runner }
})

describe("the commands about videos", () => {
  it("upload a file of this machine, with its facts, and keep nothing of an unusable one", () =>
    connected(
      Effect.gen(function* () {
        const { list } = yield* TestFiles
        const file = yield* aLocalFile("Über den Wolken.mp4", aVideo())
        const words = ["--title", "A flight", "--external-id", "flight-1", "--no-storyboard"]
        const uploaded = yield* run("video", "upload", ...words, file)
        done(uploaded)
        const id = uploaded.out.trim()
        assert.deepInclude(yield* shown(id), {
          ...{ uuid: id, title: "A flight", externalId: "flight-1", name: "A flight" },
          state: "ToTranscode"
        })
        const stored = yield* list("uploads/")
        assert.lengthOf(stored, 1)
        const other = JSON.parse((yield* run("video", "upload", "--json", file)).out)
        assert.deepInclude(yield* shown(other.uuid), { title: null, externalId: null, name: "Über den Wolken.mp4" })

        const picture = yield* aLocalFile("cover.jpg", aPicture())
        const plan = ["--web-videos", "yes", "--hls", "no", "--metadata", '{"shelf":7}', "--picture", picture]
        const [planned] = [JSON.parse((yield* run("video", "upload", "--json", ...plan, file)).out)]
        assert.deepInclude(yield* shown(planned.uuid), { metadata: { shelf: 7 } })
        const types = (yield* rowsOf("job", "list", "--video", planned.uuid)).map(({ type }) => type)
        assert.include(types, "vod-web-video-transcoding")
        assert.notInclude(types, "vod-hls-transcoding")
        assert.isTrue((yield* run("video", "upload", "--metadata", "7", file)).failed)
        const placed = ["--label", "gpu", "--label", "fast", "--tenant", "acme", "--priority", "-2"]
        const [urgent] = [JSON.parse((yield* run("video", "upload", "--json", ...placed, file)).out)]
        assert.deepInclude(yield* shown(urgent.uuid), { labels: ["fast", "gpu"], tenant: "acme", priority: -2 })
        done(yield* run("video", "delete", urgent.uuid))
        assert.isTrue((yield* run("video", "upload", "--priority", "urgent", file)).failed)
        const chunks = ["--graph", "chunked", "--chunk-duration", "2", "--chunk-min-duration", "3600"]
        const [short] = [JSON.parse((yield* run("video", "upload", "--json", ...chunks, file)).out)]
        assert.match((yield* shown(short.uuid)).chunking.reason, /short/)
        done(yield* run("video", "delete", short.uuid))
        const endless = yield* run("video", "upload", "--chunk-min-duration", "3601", file)
        assert.isTrue(endless.failed)
        assert.strictEqual(endless.err.trim(), "chunkMinDuration: expected seconds from 1 to 3600")
        done(yield* run("video", "delete", planned.uuid))

        const text = yield* aLocalFile("notes.mp4", "no video")
        const unusable = yield* run("video", "upload", text)
        assert.deepStrictEqual([unusable.failed, unusable.out], [true, ""])
        assert.lengthOf(unusable.err.trim().split("\n"), 1)
        assert.lengthOf(yield* rowsOf("video", "list"), 2)
        assert.lengthOf(yield* list("uploads/"), 2)
        const missing = yield* run("video", "upload", `${file}.missing`)
        assert.deepStrictEqual([missing.failed, missing.out], [true, ""])
      }).pipe(Effect.scoped)
    ))

  it("make jobs for captions and hover previews, and explain why they cannot", () =>
    connected(
      Effect.gen(function* () {
        const { id, runner } = yield* aPublishedFilm
        const [storyboard] = yield* rowsOf("video", "storyboard", id)
        assert.strictEqual(storyboard?.type, "generate-video-storyboard")
        yield* runner.take({ type: "generate-video-storyboard" })
        yield* runner.succeed()
        assert.isTrue((yield* shown(id)).storyboard)
        const captions = yield* run("video", "captions", id)
        done(captions)
        assert.strictEqual(yield* typeOf(captions.out.trim()), "video-transcription")
        const twice = yield* run("video", "captions", id)
        assert.deepStrictEqual([twice.failed, twice.out], [true, ""])
        assert.lengthOf(twice.err.trim().split("\n"), 1)
        assert.deepStrictEqual(yield* rowsOf("video", "ensure", id), [], "nothing is missing")
        const unknown = crypto.randomUUID()
        for (const command of ["storyboard", "captions", "ensure", "reports", "cancel", "retry", "show"]) {
          refused(yield* run("video", command, unknown), `There is no video ${unknown}.`)
        }
      })
    ))

  it("print the reports of ffprobe", () =>
    connected(
      Effect.gen(function* () {
        const { id } = yield* aPublishedFilm
        const { files, source, webVideos } = JSON.parse((yield* run("video", "reports", id)).out)
        assert.strictEqual(source.format.duration, "60")
        assert.isNotEmpty(files)
        for (const { key, report, resolution } of files) {
          assert.match(key, /^videos\/film\//)
          assert.isAbove(resolution, 0)
          assert.isNotEmpty(report.streams)
        }
        assert.deepStrictEqual(webVideos, [])
      })
    ))

  it("edit a video in place and into a new one", () =>
    connected(
      Effect.gen(function* () {
        const { id, runner } = yield* aPublishedFilm
        const logo = yield* aLocalFile("logo.png", aPicture({ kind: "png" }))
        const words = ["--from", "0:10", "--to", "50.5", "--remove", "15-20", "--watermark", logo]
        const [job] = yield* rowsOf("video", "edit", id, "--as-new", ...words)
        const { payload, type, videoUuid } = JSON.parse((yield* run("job", "show", "--json", String(job?.uuid))).out)
        assert.strictEqual(type, "video-studio-transcoding")
        assert.notStrictEqual(videoUuid, id)
        assert.deepStrictEqual(
          payload.tasks.map(({ name }: { readonly name: string }) => name),
          ["cut", "remove-segments", "add-watermark"]
        )
        assert.deepStrictEqual(payload.tasks[0].options, { start: 10, end: 50.5 })
        const kept = yield* (yield* TestFiles).list("uploads/")
        const unusable = yield* run("video", "edit", id, "--intro", yield* aLocalFile("intro.mp4", "no video"))
        assert.deepStrictEqual([unusable.failed, unusable.out], [true, ""])
        assert.deepStrictEqual(yield* (yield* TestFiles).list("uploads/"), kept, "the refused file is gone")
        assert.strictEqual((yield* shown(id)).state, "Published", "the old one stays as it is")

        const changed = yield* run("video", "edit", id, "--keep-source", "--to", "30")
        done(changed)
        yield* runner.take({ where: ({ id }) => id === changed.out.trim() })
        yield* runner.succeed()
        assert.strictEqual((yield* shown(id)).state, "ToTranscode")
        refused(yield* run("video", "edit", id), "Give at least one change, such as --from 0:10.")
        const part = yield* run("video", "edit", id, "--remove", "15")
        refused(part, "15 is no part of a video. Parts look like 0:10-0:25.5.")
      }).pipe(Effect.scoped)
    ))
})
