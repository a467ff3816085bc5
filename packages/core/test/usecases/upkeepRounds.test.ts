import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Context, DateTime, Duration, Effect, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { FileStorage, FileStorageError } from "../../src/ports/FileStorage.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { acceptNext, jobsOf, register, store, succeed, takeIn, videoOf } from "../support/actions.ts"
import { makeWatch, withLog } from "../support/calls.ts"
import { assertNothingLeft } from "../support/invariants.ts"
import { aProcess, startProcess } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"

const oneRendition = { settings: { resolutions: [360] as const } }

describe("files that nothing refers to any more", () => {
  it.effect("are kept for a while and then removed, by whichever server is first", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { retiredFor: Duration.hours(1) } })
      const other = yield* startProcess(server.world, { settings: { retiredFor: Duration.hours(1) } })
      const runner = yield* register(server)
      const video = yield* takeIn(server)
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const [file] = videoOf(server.world, video).pendingDeletion
      assert.isDefined(file)
      yield* TestClock.adjust("59 minutes")
      yield* server.upkeep
      assert.include(yield* server.world.files, file.key)
      yield* TestClock.adjust("2 minutes")
      yield* asTimeGoesBy(Effect.all([server.upkeep, other.upkeep], { concurrency: 2 }))
      assert.notInclude(yield* server.world.files, file.key)
      yield* assertNothingLeft(server.world)
    })
  )

  it.effect("do not wait for one that cannot be removed", () =>
    Effect.gen(function* () {
      let stuck = ""
      const server = yield* aProcess()
      const { world } = server
      const keys = ["a.m3u8", "b.m3u8", "c.m3u8"].map((name) => FileKey.make(`videos/cat/${name}`))
      const storage = Context.get(world.ports, FileStorage)
      const faulty = yield* startProcess({
        ...world,
        ports: Context.add(world.ports, FileStorage, {
          ...storage,
          remove: (key) =>
            key === stuck
              ? new FileStorageError({ operation: "remove", key, cause: new Error("EPERM") })
              : storage.remove(key)
        })
      })
      const videos = yield* Effect.all([takeIn(server, oneRendition), takeIn(server, oneRendition)])
      for (const key of keys) yield* store(world, key, new Uint8Array([1]))
      const at = yield* DateTime.now
      const [first, second] = videos
      const [a, b, c] = keys as [FileKey, FileKey, FileKey]
      world.state.videos.set(first.id, {
        ...first,
        pendingDeletion: [
          { key: a, at },
          { key: b, at }
        ]
      })
      world.state.videos.set(second.id, { ...second, pendingDeletion: [{ key: c, at }] })
      stuck = a
      yield* TestClock.adjust("2 hours")
      yield* faulty.upkeep
      deepStrictEqual(
        videos.map((video) => videoOf(world, video).pendingDeletion.map(({ key }) => key)),
        [[a], []]
      )
      assert.notIncludeMembers([...(yield* world.files)], [b, c])
    })
  )

  it.effect("stay noted while they cannot be removed", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const runner = yield* register(server)
      const video = yield* takeIn(server)
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* TestClock.adjust("2 hours")
      watch.breakDown((call) => call === "FileStorage.remove")
      yield* server.upkeep
      assert.lengthOf(videoOf(server.world, video).pendingDeletion, 1)
      watch.breakDown(() => false)
      yield* server.upkeep
      yield* assertNothingLeft(server.world)
    })
  )
})

it.effect("calls idle runners for as long as jobs of a type that is offered wait", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { world } = server
    yield* Context.get(world.ports, JobStore).insert([aJob({ type: "gone" })])
    yield* server.upkeep
    assert.strictEqual(world.pings, 0)
    yield* takeIn(server, oneRendition)
    const before = world.pings
    yield* server.upkeep
    yield* server.upkeep
    assert.strictEqual(world.pings, before + 2)
    for (const { id } of jobsOf(world)) yield* server.admin.cancel(id)
    yield* server.upkeep
    assert.strictEqual(world.pings, before + 2)
  })
)

it.effect("settles a video whose last job ended without anybody noticing", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const video = yield* takeIn(server, oneRendition)
    for (const job of jobsOf(server.world)) server.world.state.jobs.set(job.id, { ...job, state: "Errored" })
    yield* server.upkeep
    yield* server.upkeep
    assert.strictEqual(videoOf(server.world, video).state, "TranscodingFailed")
    assert.lengthOf(server.world.told, 1)
  })
)

it.effect("does all other parts of a round when one of them fails or dies", () =>
  Effect.gen(function* () {
    const parts: Record<string, string> = {
      "stalled leases": "JobStore.listSilent",
      "unfinished videos": "VideoStore.listUnfinalized",
      "pending deletions": "VideoStore.listPendingDeletion",
      "waiting jobs": "JobQueue.available"
    }
    for (const [part, call] of Object.entries(parts)) {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      yield* takeIn(server)
      watch.breakDown((name) => name === call)
      const [, log] = yield* withLog(server.upkeep)
      assert.include(log, `Upkeep of ${part} failed`)
      for (const other of Object.values(parts)) assert.isAtLeast(watch.count(other), 1, other)

      const dying = yield* aProcess({
        around: (name, effect) => (name === call ? Effect.dieMessage("a bug") : effect)
      })
      const [, deathLog] = yield* withLog(dying.upkeep)
      assert.include(deathLog, `Upkeep of ${part} failed`)
    }
  })
)
