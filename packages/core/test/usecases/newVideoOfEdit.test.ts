import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, failNext, store, succeed, videoOf } from "../support/actions.ts"
import { aVideo, cut, editInto, hooksOf, madeBy } from "../support/editIntoNew.ts"
import type { Process } from "../support/Process.ts"
import { anEdit } from "../support/results.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

describe("a new video whose edit", () => {
  const useless = ({ server, runner }: { server: Process; runner: Parameters<typeof acceptNext>[1] }) =>
    Effect.flatMap(acceptNext(server, runner), (held) =>
      succeed(server, held, anEdit(server.world, Media.aVideo({ seconds: 50 })))
    )
  const ends: ReadonlyArray<
    readonly [string, (given: Parameters<typeof useless>[0], job: RunnerJob) => Effect.Effect<unknown, unknown>]
  > = [
    ["fails", ({ runner, server }) => failNext(server, runner)],
    ["has a useless result", useless],
    ["is cancelled", ({ server }, { id }) => server.admin.cancel(id)]
  ]
  it.effect.each(ends)("%s has failed, and can be edited again from its copy", ([, end]) =>
    Effect.gen(function* () {
      const { old, ...given } = yield* aVideo()
      const { runner, server } = given
      const job = yield* editInto(server, old)
      yield* asTimeGoesBy(Effect.orDie(end(given, job)))
      yield* goOn(server, runner)
      const failed = madeBy(server, job)
      deepStrictEqual([failed.state, Option.isSome(failed.endedAt)], ["TranscodingFailed", true])
      deepStrictEqual(hooksOf(server, failed), ["editingFailed", "transcodingEnded"])
      deepStrictEqual(videoOf(server.world, old), old)
      assert.notInclude((yield* server.world.files) as ReadonlyArray<string>, "tasks/logo.png")
      yield* server.editing.editVideo(failed.id, cut)
      yield* goOn(server, runner)
      assert.strictEqual(madeBy(server, job).state, "Published")
    })
  )

  it.effect("runs while the old video is removed is completed", () =>
    Effect.gen(function* () {
      const { old, runner, server } = yield* aVideo()
      const job = yield* editInto(server, old)
      yield* server.removal.removeVideo(old.id)
      yield* goOn(server, runner)
      assert.strictEqual(madeBy(server, job).state, "Published")
      yield* server.removal.removeVideo(madeBy(server, job).id)
      deepStrictEqual(yield* server.world.files, [])
    })
  )

  it.effect("runs while the old video is edited itself is completed from the source as it was", () =>
    Effect.gen(function* () {
      const { old, runner, server } = yield* aVideo()
      const job = yield* editInto(server, old)
      yield* server.editing.editVideo(old.id, [{ name: "cut", options: { end: 5 } }], { keepSource: false })
      yield* goOn(server, runner)
      deepStrictEqual(madeBy(server, job).source.duration, Option.some(30))
      deepStrictEqual(videoOf(server.world, old).source.duration, Option.some(5))
    })
  )

  it.effect("runs can be removed, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const { files, old, runner, server } = yield* aVideo()
      for (const begin of [Effect.void, Effect.asVoid(Effect.orDie(acceptNext(server, runner)))]) {
        yield* store(server.world, "tasks/logo.png", Media.aPicture({ width: 100, height: 50, kind: "png" }))
        const job = yield* editInto(server, old)
        yield* begin
        yield* server.removal.removeVideo(madeBy(server, job).id, { keepSource: true })
        deepStrictEqual(
          yield* server.world.files,
          files.filter((name) => !name.startsWith("tasks/"))
        )
      }
      deepStrictEqual(videoOf(server.world, old), old)
      yield* goOn(server, runner)
    })
  )
})
