import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { run, start, untilReady } from "./programs.ts"

it.live("untilReady fails with the output of a program that has ended", () =>
  Effect.gen(function* () {
    const program = yield* start("sh", ["-c", "echo the port is taken >&2; exit 3"])
    const error = yield* Effect.flip(untilReady("the service", Effect.fail("no answer"), [program]))
    assert.match(error.message, /^sh ended with exit code 3\. .*\nthe port is taken\n$/)
  }).pipe(Effect.scoped)
)

it.live("untilReady fails when the service does not answer in time", () =>
  Effect.gen(function* () {
    const program = yield* start("tail", ["-f", "/dev/null"])
    const error = yield* Effect.flip(untilReady("the service", Effect.fail("no answer"), [program], "1 seconds"))
    assert.strictEqual(error.message, "the service did not answer within 1 seconds")
  }).pipe(Effect.scoped)
)

it.live("a program ends with its scope", () =>
  Effect.gen(function* () {
    const { pid } = yield* Effect.scoped(start("tail", ["-f", "/dev/null"]))
    assert.throws(() => process.kill(pid, 0))
  })
)

it.live("run fails with a sentence when the program is missing", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(run("no-such-program", []))
    assert.match(error.message, /no-such-program/)
  })
)
