import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Tracer } from "effect"
import { ifTraced, spanned } from "../src/ports/Spans.ts"

/** A tracer that notes the names of its spans, and how they ended. */
const aTracer = () => {
  const begun: Array<string> = []
  const ended: Array<string> = []
  const { span } = Effect.runSync(Effect.tracer)
  const tracer = Tracer.make({
    context: (run) => run(),
    span: (name, ...rest) => {
      begun.push(name)
      const made = span(name, ...rest)
      const end = made.end.bind(made)
      made.end = (time, exit) => {
        ended.push(`${name} ${exit._tag}`)
        end(time, exit)
      }
      return made
    }
  })
  return { tracer, begun, ended }
}

const sum = spanned("sum")(function* (first: number, second: number) {
  return first + (yield* Effect.succeed(second))
})
const double = spanned("double")((value: number) => Effect.succeed(2 * value))
const fail = spanned("fail")(
  () => Effect.fail("wrong"),
  Effect.mapError((error) => `${error}!`)
)

const all = Effect.all([sum(1, 2), double(4), Effect.flip(fail())])

describe("functions with spans", () => {
  it.effect("give the same results with and without a tracer", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* all, [3, 8, "wrong!"])
      deepStrictEqual(yield* Effect.withTracer(all, aTracer().tracer), [3, 8, "wrong!"])
    })
  )

  it.effect("make one span for each call when a tracer reads them", () =>
    Effect.gen(function* () {
      const { begun, ended, tracer } = aTracer()
      yield* Effect.withTracer(all, tracer)
      deepStrictEqual(begun, ["sum", "double", "fail"])
      deepStrictEqual(ended, ["sum Success", "double Success", "fail Failure"])
    })
  )

  it.effect("make no span while tracing is off", () =>
    Effect.gen(function* () {
      const { begun, tracer } = aTracer()
      yield* all.pipe(Effect.withTracerEnabled(false), Effect.withTracer(tracer))
      deepStrictEqual(begun, [])
    })
  )

  it.effect("report an exception as a defect in either case", () =>
    Effect.gen(function* () {
      const broken = spanned("broken")((): Effect.Effect<void> => {
        throw new Error("broken")
      })
      const exits = [yield* Effect.exit(broken()), yield* Effect.exit(Effect.withTracer(broken(), aTracer().tracer))]
      deepStrictEqual(exits.map(Exit.isFailure), [true, true])
    })
  )

  it.effect("choose the effect by the tracer of the moment", () =>
    Effect.gen(function* () {
      const chosen = ifTraced(
        () => Effect.succeed("traced"),
        () => Effect.succeed("plain")
      )
      deepStrictEqual([yield* chosen, yield* Effect.withTracer(chosen, aTracer().tracer)], ["plain", "traced"])
    })
  )
})
