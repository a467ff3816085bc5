import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { acceptNext, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { aProcess } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"

it.effect("publishes a rendition", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const video = yield* takeIn(server)
    yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
    assert.strictEqual(videoOf(server.world, video).state, "Published")
  })
)
