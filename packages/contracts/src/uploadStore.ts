import { assert, layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, UploadStore, VideoStore } from "@runner-connector/core"
import { Effect, Exit, type Layer, Option } from "effect"
import { aJob, aNewVideo } from "./fixtures.ts"
import { assertPersistenceError, later, race, type StoreCases, type Stores } from "./stores.ts"

const aKey = () => FileKey.FileKey.make(`uploads/${crypto.randomUUID()}/cat.mov`)

/** A recorded upload whose last contact is this many milliseconds after the fixtures' timestamp. */
const recorded = (millis = 0) =>
  Effect.gen(function* () {
    const key = aKey()
    yield* (yield* UploadStore.UploadStore).insert(key, later(millis))
    return key
  })

const silentBefore = (millis: number) =>
  Effect.flatMap(UploadStore.UploadStore, (store) => store.listSilent(later(millis)))

const recordCases: StoreCases = (it) => {
  it.effect("records a key once for concurrent writers", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const key = aKey()
      const outcomes = yield* race(Array.from({ length: 5 }, () => store.insert(key, later(0))))
      deepStrictEqual([...outcomes].sort(), [...Array(4).fill("UploadExists"), "ok"])
    })
  )

  it.effect("tells live records from abandoned and absent ones", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const key = yield* recorded(0)
      assert.isTrue(yield* store.isAlive(key))
      assert.isFalse(yield* store.isAlive(aKey()))
      yield* store.abandon(key, later(0))
      assert.isFalse(yield* store.isAlive(key))
      yield* store.remove(key)
      assert.isFalse(yield* store.isAlive(key))
    })
  )

  it.effect("keeps a record until its new, later moment", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const key = yield* recorded(0)
      yield* store.touch(key, later(60_000))
      const isListed = (millis: number) => Effect.map(silentBefore(millis), (all) => all.some((one) => one.key === key))
      assert.isFalse(yield* isListed(60_000))
      assert.isFalse(yield* store.abandon(key, later(0), later(60_000)))
      assert.isTrue(yield* isListed(60_001))
      assert.isTrue(yield* store.abandon(key, later(60_001), later(60_001)))
      yield* store.remove(key)
    })
  )

  it.effect("lists silent records, oldest first, and no touched ones", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const [younger, older, alive] = [yield* recorded(-5000), yield* recorded(-6000), yield* recorded(-7000)]
      yield* store.touch(alive, later(0))
      const found = (yield* silentBefore(-4000)).map(({ key }) => key)
      deepStrictEqual(
        found.filter((key) => [younger, older, alive].includes(key)),
        [older, younger]
      )
      for (const key of [younger, older]) yield* Effect.zipRight(store.abandon(key, later(0)), store.remove(key))
    })
  )

  it.effect("abandons a silent record permanently, and a live one only without a limit", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const [silent, alive] = [yield* recorded(-10_000), yield* recorded(0)]
      assert.isTrue(yield* store.abandon(silent, later(-9000), later(-5000)))
      assert.isFalse(yield* store.abandon(alive, later(0), later(-5000)))
      assert.isFalse(yield* store.abandon(aKey(), later(0)))
      yield* store.touch(silent, later(0))
      assert.isTrue((yield* silentBefore(-5000)).some(({ abandoned, key }) => key === silent && abandoned))
      yield* store.remove(alive)
      assert.isTrue(yield* store.abandon(alive, later(0)))
      for (const key of [silent, alive]) yield* store.remove(key)
      for (const key of [silent, alive]) assert.isFalse(yield* store.abandon(key, later(0)))
    })
  )

  it.effect("keeps the moment at which a record was abandoned first", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const key = yield* recorded(-10_000)
      const isListed = (millis: number) => Effect.map(silentBefore(millis), (all) => all.some((one) => one.key === key))
      assert.isTrue(yield* store.abandon(key, later(-7000), later(-9000)))
      assert.isFalse(yield* isListed(-7000))
      assert.isTrue(yield* isListed(-6999))
      assert.isTrue(yield* store.abandon(key, later(0), later(-9000)))
      assert.isTrue(yield* store.abandon(key, later(0)))
      assert.isTrue(yield* isListed(-6999))
      yield* store.remove(key)
    })
  )
}

const lockCases: StoreCases = (it) => {
  it.effect("gives room to as many uploads, and bytes, as there are, also to concurrent writers", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const room = { size: 10, maxCount: 3, maxSize: 1000 }
      const keys = Array.from({ length: 5 }, aKey)
      const outcomes = yield* race(keys.map((key) => store.insertInto(room, key, later(0))))
      deepStrictEqual([...outcomes].sort(), ["UploadsFull", "UploadsFull", "ok", "ok", "ok"])
      const insert = (changes: object) =>
        Effect.map(Effect.exit(store.insertInto({ ...room, ...changes }, aKey(), later(0))), Exit.isSuccess)
      assert.isFalse(yield* insert({ maxCount: 9, maxSize: 39 }))
      assert.isFalse(yield* insert({ maxCount: 3 }))
      yield* recorded()
      assert.isTrue(yield* insert({ maxCount: 4, maxSize: 40 }))
      for (const key of keys) yield* store.abandon(key, later(0))
      assert.isTrue(yield* insert({ maxCount: 2, maxSize: 20 }))
    })
  )

  it.effect("locks a record for one owner until it is unlocked or silent, and reports that another one waits", () =>
    Effect.gen(function* () {
      const store = yield* UploadStore.UploadStore
      const key = yield* recorded()
      const lock = (owner: string, at: number) => store.lock(key, { owner, at: later(at), until: later(at + 1000) })
      const states = yield* Effect.all([lock("a", 0), lock("b", 0)], { concurrency: "unbounded" })
      deepStrictEqual([...states].sort(), ["held", "taken"])
      const [first, second] = states[0] === "held" ? ["a", "b"] : ["b", "a"]
      assert.strictEqual(yield* lock(String(first), 10), "wanted")
      const unlock = (owner: string, at: number) => store.lock(key, { owner, at: later(at), until: later(at) })
      yield* unlock(String(second), 15)
      assert.strictEqual(yield* lock(String(second), 20), "taken")
      yield* unlock(String(first), 25)
      assert.strictEqual(yield* lock(String(second), 30), "held")
      assert.strictEqual(yield* lock(String(first), 1030), "held")
      assert.strictEqual(yield* lock(String(second), 1040), "taken")
      assert.strictEqual(yield* store.lock(aKey(), { owner: "a", at: later(0), until: later(1) }), "held")
    })
  )
}

const takeOverCases: StoreCases = (it) => {
  it.effect("ends the records of files that a new or changed video refers to", () =>
    Effect.gen(function* () {
      const [store, videos] = [yield* UploadStore.UploadStore, yield* VideoStore.VideoStore]
      const [source, playlist] = [yield* recorded(), yield* recorded()]
      const video = yield* videos.insert(aNewVideo(), [aJob()], [source])
      yield* videos.save(video, [], [], [playlist])
      for (const key of [source, playlist]) assert.isFalse(yield* store.abandon(key, later(0)))
    })
  )

  it.effect("rejects new and changed videos that refer to an abandoned or removed file", () =>
    Effect.gen(function* () {
      const [store, videos] = [yield* UploadStore.UploadStore, yield* VideoStore.VideoStore]
      const [good, abandoned] = [yield* recorded(), yield* recorded()]
      yield* store.abandon(abandoned, later(0))
      const stored = yield* videos.insert(aNewVideo(), [aJob()])
      for (const gone of [abandoned, aKey()]) {
        const video = aNewVideo()
        yield* assertPersistenceError(videos.insert(video, [aJob()], [good, gone]))
        assert.isTrue(Option.isNone(yield* videos.find(video.id)))
        yield* assertPersistenceError(videos.save({ ...stored, state: "Published" }, [], [], [gone]))
      }
      deepStrictEqual(Option.getOrThrow(yield* videos.find(stored.id)).state, stored.state)
      assert.isTrue(yield* store.abandon(good, later(0)))
    })
  )

  it.effect("gives the file to either the video or the removal when both are concurrent", () =>
    Effect.gen(function* () {
      const [store, videos] = [yield* UploadStore.UploadStore, yield* VideoStore.VideoStore]
      for (let round = 0; round < 20; round++) {
        const key = yield* recorded()
        const video = aNewVideo()
        const [isAbandoned] = yield* Effect.all(
          [store.abandon(key, later(0)), Effect.ignore(videos.insert(video, [aJob()], [key]))],
          { concurrency: "unbounded" }
        )
        assert.strictEqual(Option.isNone(yield* videos.find(video.id)), isAbandoned)
      }
    })
  )
}

/** Contract of every UploadStore, together with the VideoStore that ends its records. */
export const uploadStoreContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`UploadStore: ${name}`, (it) => {
    for (const cases of [recordCases, lockCases, takeOverCases]) cases(it)
  })
