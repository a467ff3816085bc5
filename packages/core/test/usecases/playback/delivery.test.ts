import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { FileKey } from "../../../src/domain/FileKey.ts"
import type { Delivery } from "../../../src/ports/MediaDelivery.ts"
import type { Opened } from "../../../src/usecases/playback/openFile.ts"
import { aFile, aVideo, before, uuid } from "../../domain/fixtures.ts"
import { aScene, key, names, signed, texts, video } from "../../support/playback.ts"

const lasting = (of: FileKey) => new URL(`https://cdn.example/${of}`)
const publicly: Delivery = {
  permanentUrl: (of) => Option.some(lasting(of)),
  temporaryUrl: () => Effect.dieMessage("there is a lasting URL")
}

/** A storage that signs, and the files for which it did. */
const signing = () => {
  const asked: Array<string> = []
  const temporaryUrl: Delivery["temporaryUrl"] = (of) =>
    Effect.sync(() => {
      asked.push(of)
      return Option.some(new URL(`https://bucket.example/${of}?X-Amz-Signature=1&a=b`))
    })
  return { asked, delivery: { permanentUrl: () => Option.none(), temporaryUrl } satisfies Delivery }
}

const elsewhere = (name: string) => `https://bucket.example/${key(name)}?X-Amz-Signature=1&a=b`

const assertElsewhere = (opened: Opened, href: string): void =>
  deepStrictEqual(opened._tag === "Elsewhere" ? opened.url.href : opened._tag, href)

describe("files with lasting URLs elsewhere", () => {
  it.scoped("are there in documents and for requests, while everybody may watch", () =>
    Effect.gen(function* () {
      const { open, urls } = yield* aScene({ delivery: publicly })
      for (const name of [names.master, names.media, names.track]) {
        deepStrictEqual((yield* urls).of(name), lasting(key(name)))
        assertElsewhere(yield* open(name), lasting(key(name)).href)
      }
      assertElsewhere(yield* open("master.m3u8"), lasting(key(names.master)).href)
    })
  )

  it.scoped("are sent by the host while access is restricted", () =>
    Effect.gen(function* () {
      const delivery = { ...publicly, temporaryUrl: () => Effect.succeedNone }
      const { text, urls } = yield* aScene({ delivery, access: signed })
      const { hostname, search } = (yield* urls).of(names.media)
      assert.strictEqual(hostname, "media.example")
      assert.strictEqual(yield* text(names.media, search.slice(1)), texts[names.media])
      assert.notInclude(yield* text(names.playlist, search.slice(1)), "cdn.example")
    })
  )
})

describe("origins of files elsewhere", () => {
  it.scoped("are those of the URLs, each once, and none where the host sends all files", () =>
    Effect.gen(function* () {
      const both = { ...publicly, temporaryUrl: signing().delivery.temporaryUrl }
      deepStrictEqual(yield* (yield* aScene({})).origins, [])
      deepStrictEqual(yield* (yield* aScene({ delivery: signing().delivery })).origins, ["https://bucket.example"])
      deepStrictEqual(yield* (yield* aScene({ delivery: both })).origins, [
        "https://cdn.example",
        "https://bucket.example"
      ])
    })
  )
})

describe("files with URLs that expire elsewhere", () => {
  it.scoped("are named in playlists and tracks, each by one URL, and these texts are not kept", () =>
    Effect.gen(function* () {
      const { asked, delivery } = signing()
      const { content, open, text } = yield* aScene({ delivery })
      for (const [name, media] of [
        [names.playlist, names.media],
        [names.captions, names.caption],
        [names.track, names.picture]
      ] as const) {
        assert.strictEqual(
          yield* text(name),
          String(texts[name]).replaceAll(media, () => elsewhere(media))
        )
        assert.strictEqual((yield* content(name)).cacheControl, "no-store")
        assertElsewhere(yield* open(media), elsewhere(media))
      }
      assert.strictEqual(asked.filter((one) => one === key(names.media)).length, 3, "once for each request")
      assert.strictEqual(yield* text(names.master), texts[names.master])
      assert.strictEqual((yield* content("master.m3u8")).cacheControl, "no-cache")
    })
  )

  it.scoped("are not given for what players may not read, nor to those who may not watch", () =>
    Effect.gen(function* () {
      const { asked, delivery } = signing()
      const sourceKey = Option.some(key("cat.mov"))
      const forged = { ...texts, [names.playlist]: `#EXTM3U\ncat.mov\n../x\nhttps://a/b\n${uuid(1)}-source.mp4\n` }
      const { open, text, urls } = yield* aScene({
        ...{ delivery, access: signed },
        ...{ texts: forged, video: { ...video, sourceKey } }
      })
      deepStrictEqual((yield* Effect.flip(open(names.media)))._tag, "PlaybackUnauthorized")
      const query = (yield* urls).of(names.media).search
      assert.strictEqual(
        yield* text(names.playlist, query.slice(1)),
        `#EXTM3U\ncat.mov${query}\n../x\nhttps://a/b\n${uuid(1)}-source.mp4${query}\n`
      )
      deepStrictEqual(asked, [])
    })
  )
})

describe("the files of a live", () => {
  const folder = `live-${uuid(70)}`
  const session = { id: uuid(70), asked: [], replay: false, recorded: false, state: "running" } as const
  const live = aVideo({
    files: [],
    live: Option.some({ ...session, error: Option.none() }),
    playlistKey: Option.some(key(`${folder}/master.m3u8`)),
    pendingDeletion: [{ key: aFile(9).key, at: before }]
  })
  const files = {
    [`${folder}/master.m3u8`]: "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n0.m3u8\n",
    [`${folder}/0.m3u8`]: "#EXTM3U\n#EXTINF:2,\n0-000000.ts\n",
    [`${folder}/0-000000.ts`]: "segment"
  }

  it.scoped("lead from the name that stays to every segment", () =>
    Effect.gen(function* () {
      const { content, text, urls } = yield* aScene({ video: live, texts: files, access: signed })
      const query = (yield* urls).of(`${folder}/master.m3u8`).search
      const next = (playlist: string) => String(playlist.trimEnd().split("\n").at(-1)).replace(query, "")
      const variant = next(yield* text("master.m3u8", query.slice(1)))
      assert.strictEqual(variant, `${folder}/0.m3u8`)
      assert.strictEqual(next(yield* text(`${folder}/master.m3u8`, query.slice(1))), "0.m3u8")
      assert.strictEqual(next(yield* text(variant, query.slice(1))), "0-000000.ts")
      assert.strictEqual(yield* text(`${folder}/0-000000.ts`, query.slice(1)), "segment")
      for (const name of ["master.m3u8", `${folder}/master.m3u8`, variant]) {
        assert.strictEqual((yield* content(name, query.slice(1))).cacheControl, "private, no-cache")
      }
    })
  )

  it.scoped("name segments elsewhere, also from the folder of the live", () =>
    Effect.gen(function* () {
      const { text } = yield* aScene({ video: live, texts: files, delivery: signing().delivery })
      assert.include(yield* text(`${folder}/0.m3u8`), elsewhere(`${folder}/0-000000.ts`))
      assert.strictEqual(yield* text(`${folder}/master.m3u8`), files[`${folder}/master.m3u8`])
    })
  )
})
