import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Option, Stream, TestClock } from "effect"
import { VideoId } from "../../../src/domain/Ids.ts"
import { layerCheck } from "../../../src/ports/PlaybackAccess.ts"
import { aJob, aVideo, jobId, uuid } from "../../domain/fixtures.ts"
import { aScene, key, names, signed, texts, video } from "../../support/playback.ts"

describe("open files", () => {
  it.scoped("are sent as they are stored, and may be cached for ever", () =>
    Effect.gen(function* () {
      const { content, text, urls } = yield* aScene({})
      for (const [name, stored] of Object.entries(texts)) {
        assert.strictEqual(yield* text(name), stored)
        const { cacheControl, size } = yield* content(name)
        deepStrictEqual([cacheControl, size], ["public, max-age=31536000, immutable", stored.length])
        const base = `https://media.example/playback/${video.id}`
        assert.strictEqual((yield* urls).of(name).href, `${base}/${name}`)
      }
      const types = yield* Effect.forEach([names.master, names.media, names.caption, names.picture], (name) =>
        content(name)
      )
      deepStrictEqual(
        types.map(({ contentType }) => contentType),
        ["application/vnd.apple.mpegurl", "video/mp4", "text/vtt; charset=utf-8", "image/jpeg"]
      )
    })
  )

  it.scoped("are read by range", () =>
    Effect.gen(function* () {
      const { content } = yield* aScene({})
      for (const [name, part] of [
        [names.media, "345"],
        [names.playlist, "TM3"]
      ] as const) {
        const { read } = yield* content(name)
        assert.strictEqual(yield* Stream.mkString(Stream.decodeText(read({ start: 3, end: 5 }))), part)
      }
    })
  )

  it.scoped("have a version that changes with their content", () =>
    Effect.gen(function* () {
      const { content, write } = yield* aScene({})
      const versions = Effect.forEach([names.playlist, names.media], (name) =>
        Effect.map(content(name), ({ etag }) => etag)
      )
      const before = yield* versions
      deepStrictEqual(yield* versions, before)
      yield* write(names.playlist, "#EXTM3U\n")
      yield* write(names.media, "9876543210")
      const after = yield* versions
      assert.isTrue(after.every((etag, index) => etag !== before[index]))
    })
  )

  it.scoped("are found as soon as they are published, and videos as soon as they exist", () =>
    Effect.gen(function* () {
      const { open, stored, text, videos, write } = yield* aScene({ video: aVideo() })
      const missing = yield* Effect.exit(Effect.all([Effect.exit(open("master.m3u8")), Effect.exit(open(names.media))]))
      assert.isTrue(Exit.isSuccess(missing) && missing.value.every(Exit.isFailure))
      yield* write(names.master, "#EXTM3U\n")
      yield* videos.save({ ...stored, playlistKey: Option.some(key(names.master)) }, [])
      assert.strictEqual(yield* text("master.m3u8"), "#EXTM3U\n")

      const other = VideoId.make(uuid(501))
      deepStrictEqual((yield* Effect.flip(open("master.m3u8", "", other)))._tag, "UnknownVideo")
      yield* videos.insert({ ...stored, id: other }, [aJob({ id: jobId(2), videoId: Option.some(other) })])
      deepStrictEqual((yield* Effect.flip(open("x", "", other)))._tag, "UnknownVideoFile")
    })
  )

  it.scoped("of a removed video are gone within two seconds", () =>
    Effect.gen(function* () {
      const { open, stored, videos } = yield* aScene({})
      yield* open(names.media)
      yield* videos.remove(stored)
      yield* TestClock.adjust("2001 millis")
      deepStrictEqual((yield* Effect.flip(open(names.media)))._tag, "UnknownVideo")
    })
  )
})

describe("files for one viewer", () => {
  it.scoped("carry the token on to every file that a playlist or a track names", () =>
    Effect.gen(function* () {
      const { content, open, text, urls } = yield* aScene({ access: signed })
      const { of } = yield* urls
      const query = of(names.master).search.slice(1)
      assert.match(query, /^token=[\w~-]+$/)
      const carried = (name: string) => String(texts[name]).replaceAll(/\.(?:m3u8|mp4|vtt|jpg)/g, `$&?${query}`)
      for (const name of [names.master, names.playlist, names.captions, names.track]) {
        assert.strictEqual(yield* text(name, query), carried(name))
        assert.strictEqual((yield* content(name, query)).cacheControl, "private, max-age=3600, immutable")
      }
      assert.strictEqual(yield* text("master.m3u8", query), carried(names.master))
      assert.strictEqual((yield* content("master.m3u8", query)).cacheControl, "private, no-cache")
      for (const name of [names.media, names.caption, names.picture]) {
        assert.strictEqual(yield* text(name, query), texts[name])
        deepStrictEqual((yield* Effect.flip(open(name)))._tag, "PlaybackUnauthorized")
        deepStrictEqual((yield* Effect.flip(open(name, `${query}x`)))._tag, "PlaybackForbidden")
      }
    })
  )

  it.scoped("are refused to others before it shows which files exist", () =>
    Effect.gen(function* () {
      const { open } = yield* aScene({ access: layerCheck(() => false) })
      for (const name of [names.media, "nothing", "../x"]) {
        deepStrictEqual((yield* Effect.flip(open(name)))._tag, "PlaybackForbidden")
      }
    })
  )

  it.scoped("have URLs with claims, which must be short", () =>
    Effect.gen(function* () {
      const { files, stored } = yield* aScene({ access: signed })
      const base = "https://media.example/playback"
      const { master, of } = yield* files.urls(stored, { base, claims: { member: "42" } })
      assert.match(of(key(names.media)), /\?token=\w+~[\w-]+~[\w-]+$/)
      assert.match(master, /\/playback\/[\da-f-]{36}\/master\.m3u8\?token=/)
      const error = yield* Effect.flip(files.urls(stored, { base, claims: { member: "4".repeat(700) } }))
      assert.include(error.message, "at most 700 bytes")
    })
  )
})
