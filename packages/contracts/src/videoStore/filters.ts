import { deepStrictEqual } from "@effect/vitest/utils"
import { type Video, VideoStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aNewVideo } from "../fixtures.ts"
import { idsOf, later, type StoreCases } from "../stores.ts"

const insert = (over: Partial<Video.NewVideo>) =>
  Effect.flatMap(VideoStore.VideoStore, (store) => store.insert(aNewVideo(over), []))

/** The ids of all videos of the filter. The text keeps the videos of other tests away. */
const list = (filter: Omit<VideoStore.VideoFilter, "start" | "count">) =>
  Effect.gen(function* () {
    const { data, total } = yield* (yield* VideoStore.VideoStore).list({ start: 0, count: 100, ...filter })
    return [total, ...idsOf(data)]
  })

const live = Option.some({
  id: crypto.randomUUID(),
  asked: [],
  replay: false,
  recorded: false,
  state: "ended" as const,
  error: Option.none()
})

/** Contract of the filters and orders of the list. */
export const videoFilterCases: StoreCases = (it) => {
  it.effect("finds the id, or a part of the title, the file name and the external id, in any case", () =>
    Effect.gen(function* () {
      const mark = crypto.randomUUID()
      const title = yield* insert({ title: Option.some(`A Cat ${mark} 100%_`) })
      const fileName = yield* insert({ fileName: Option.some(`CAT ${mark}.mov`) })
      const externalId = yield* insert({ externalId: Option.some(`cat ${mark}`) })
      yield* insert({})
      deepStrictEqual(yield* list({ text: `cAt ${mark}` }), [3, externalId.id, fileName.id, title.id])
      deepStrictEqual(yield* list({ text: `${mark} 100%_` }), [1, title.id])
      deepStrictEqual(yield* list({ text: `${mark}_100` }), [0])
      deepStrictEqual(yield* list({ text: title.id.toUpperCase() }), [1, title.id])
      deepStrictEqual(yield* list({ text: title.id.slice(0, -1) }), [0])
    })
  )

  it.effect("selects states, and lives or others", () =>
    Effect.gen(function* () {
      const mark = crypto.randomUUID()
      const about = { title: Option.some(mark) }
      const failed = yield* insert({ ...about, state: "TranscodingFailed" })
      const published = yield* insert({ ...about, state: "Published" })
      const ended = yield* insert({ ...about, state: "LiveEnded", live })
      const states = ["Published", "TranscodingFailed"] as const
      deepStrictEqual(yield* list({ text: mark, states }), [2, published.id, failed.id])
      deepStrictEqual(yield* list({ text: mark, states: [] }), [0])
      deepStrictEqual(yield* list({ text: mark, live: true }), [1, ended.id])
      deepStrictEqual(yield* list({ text: mark, live: false, states }), [2, published.id, failed.id])
    })
  )

  it.effect("sorts by title or file name and by moments; equal videos keep their order", () =>
    Effect.gen(function* () {
      const mark = crypto.randomUUID()
      const b = yield* insert({ title: Option.some(`b ${mark}`), createdAt: later(2), updatedAt: later(5) })
      const a = yield* insert({ fileName: Option.some(`A ${mark}`), createdAt: later(1), updatedAt: later(6) })
      const c = yield* insert({ title: Option.some(`B ${mark}`), createdAt: later(1), updatedAt: later(5) })
      const sorted = (by: VideoStore.VideoColumn, descending: boolean) => list({ text: mark, sort: { by, descending } })
      deepStrictEqual(yield* sorted("title", false), [3, a.id, b.id, c.id])
      deepStrictEqual(yield* sorted("title", true), [3, b.id, c.id, a.id])
      deepStrictEqual(yield* sorted("createdAt", false), [3, a.id, c.id, b.id])
      deepStrictEqual(yield* sorted("updatedAt", true), [3, a.id, b.id, c.id])
    })
  )
}
