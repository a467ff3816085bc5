import { rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Option, Ref, TestClock } from "effect"
import * as LiveFolder from "../src/jobs/live/LiveFolder.ts"
import * as Silence from "../src/jobs/live/Silence.ts"
import { temporaryFolder } from "./support/harness.ts"

const HEAD = "#EXTM3U\n"
const END = "#EXT-X-ENDLIST\n"
const listed = (...chunks: ReadonlyArray<string>) => chunks.map((chunk) => `#EXTINF:1.0,\n${chunk}\n`).join("")

const folderOf = (variants: number) =>
  Effect.gen(function* () {
    const path = yield* temporaryFolder
    const { changes, lastChanges } = yield* LiveFolder.make(path, variants)
    const write = (files: Readonly<Record<string, string>>) =>
      Effect.promise(async () => {
        for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
      })
    const remove = (name: string) => Effect.promise(() => rm(join(path, name)))
    return { changes, lastChanges, write, remove }
  })

const added = (name: string, playlist?: string) => ({
  ...{ type: "add-chunk", name },
  playlist: Option.fromNullable(playlist)
})
const removed = (name: string) => ({ type: "remove-chunk", name })

const scoped = <E>(
  name: string,
  test: Effect.Effect<void, E, NodeContext.NodeContext | import("effect").Scope.Scope>
) => it.scoped(name, () => Effect.provide(test, NodeContext.layer))

describe("the folder of a live stream", () => {
  scoped(
    "reports segments without playlists until all playlists exist",
    Effect.gen(function* () {
      const { changes, write } = yield* folderOf(2)
      yield* write({ "0-000000.ts": "a", "0.m3u8": HEAD + listed("0-000000.ts") })
      expect(yield* changes).toEqual([[added("0-000000.ts")], []])
      const [sound, picture] = [listed("0-000000.ts", "0-000001.ts"), listed("1-000000.ts")]
      yield* write({ "0-000001.ts": "a", "0.m3u8": HEAD + sound, "1-000000.ts": "b", "1.m3u8": HEAD + picture })
      yield* write({ "master.m3u8": HEAD })
      expect(yield* changes).toEqual([[added("0-000001.ts", HEAD + sound)], [added("1-000000.ts", HEAD + picture)]])
      expect(yield* changes).toEqual([[], []])
    })
  )

  scoped(
    "truncates a playlist after the segment and keeps the last one whole",
    Effect.gen(function* () {
      const { changes, lastChanges, write } = yield* folderOf(1)
      const whole = HEAD + listed("0-000000.ts", "0-000001.ts") + END
      yield* write({ "0-000000.ts": "a", "0-000001.ts": "a", "0.m3u8": whole, "master.m3u8": HEAD })
      const first = added("0-000000.ts", HEAD + listed("0-000000.ts"))
      expect(yield* changes).toEqual([[first, added("0-000001.ts", whole)]])
      expect(yield* lastChanges).toEqual([[]])
    })
  )

  scoped(
    "ignores unlisted segments and finds segments that left the list between two scans",
    Effect.gen(function* () {
      const { changes, remove, write } = yield* folderOf(1)
      yield* write({ "0-999999.ts": "a", "0-1000000.ts": "a", "0-1000001.ts": "a", "0-1000002.ts": "a" })
      yield* write({ "0.m3u8": HEAD + listed("0-1000001.ts"), "master.m3u8": HEAD })
      const last = added("0-1000001.ts", HEAD + listed("0-1000001.ts"))
      expect(yield* changes).toEqual([[added("0-999999.ts"), added("0-1000000.ts"), last]])
      yield* remove("0-999999.ts")
      expect(yield* changes).toEqual([[removed("0-999999.ts")]])
      expect(yield* changes).toEqual([[]])
    })
  )

  scoped(
    "reports the end of a playlist that appears after the last segment",
    Effect.gen(function* () {
      const { changes, lastChanges, write } = yield* folderOf(1)
      const playlist = HEAD + listed("0-000000.ts")
      yield* write({ "0-000000.ts": "a", "0.m3u8": playlist, "master.m3u8": HEAD })
      expect(yield* changes).toEqual([[added("0-000000.ts", playlist)]])
      yield* write({ "0.m3u8": playlist + END })
      expect(yield* changes).toEqual([[]])
      expect(yield* lastChanges).toEqual([[added("0-000000.ts", playlist + END)]])
    })
  )
})

describe("a live stream without segments", () => {
  const watched = Effect.gen(function* () {
    const signs = yield* Ref.make(0)
    const silence = yield* Silence.make
    const watching = yield* Effect.fork(silence.watch(Ref.update(signs, (count) => count + 1)))
    return { ...silence, signs: Ref.get(signs), watching }
  })

  it.scoped("gets a heartbeat every ten seconds and fails the job after a minute", () =>
    Effect.gen(function* () {
      const { signs, watching } = yield* watched
      yield* TestClock.adjust("9 seconds")
      expect(yield* signs).toBe(0)
      yield* TestClock.adjust("2 seconds")
      expect(yield* signs).toBe(1)
      yield* TestClock.adjust("48 seconds")
      expect(yield* signs).toBe(5)
      yield* TestClock.adjust("2 seconds")
      expect(yield* Effect.flip(Fiber.join(watching))).toMatchObject({
        message: "The live stream produced no segment for 1m"
      })
    })
  )

  it.scoped("gets no heartbeat while segments arrive", () =>
    Effect.gen(function* () {
      const { broken, signs, watching } = yield* watched
      for (let count = 0; count < 40; count++) {
        yield* TestClock.adjust("4 seconds")
        yield* broken
      }
      expect(yield* signs).toBe(0)
      expect(Option.isNone(yield* Fiber.poll(watching))).toBe(true)
    })
  )

  it.scoped("ends with the server's refusal of a heartbeat", () =>
    Effect.gen(function* () {
      const over = yield* Deferred.make<never, string>()
      const { watch } = yield* Silence.make
      const watching = yield* Effect.fork(watch(Deferred.await(over)))
      yield* Deferred.fail(over, "over")
      yield* TestClock.adjust("11 seconds")
      expect(yield* Effect.flip(Fiber.join(watching))).toBe("over")
    })
  )
})
