import { Effect, Schema } from "effect"
import { until } from "./waiting.ts"

/** A page in any browser. */
export interface View {
  /** Evaluates an expression in the page and awaits its promise. The result must be JSON. */
  readonly evaluate: (expression: string) => Effect.Effect<unknown>
  /** Waits until the expression is true. */
  readonly until: (expression: string, seconds?: number) => Effect.Effect<void>
  /** Clicks the middle of an element. */
  readonly click: (selector: string) => Effect.Effect<void>
}

const Place = Schema.Struct({ x: Schema.Number, y: Schema.Number })

/**
 * The middle of the first such element once it rests. The page may replace it by another one meanwhile. `clickMissed` says
 * afterwards whether no click has reached such an element.
 */
const middleOf = (selector: string) => `(async () => {
  const find = () => document.querySelector(${JSON.stringify(selector)})
  const place = () => {
    const element = find()
    if (element === null) return {}
    element.scrollIntoView({ block: "center" })
    const { x, y, width, height } = element.getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 }
  }
  const notice = (event) => (window.clickMissed = !event.composedPath().includes(find()))
  window.clickMissed = !find()?.disabled
  window.addEventListener("click", notice, { capture: true, once: true })
  for (let last = place(), looks = 0; ; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    const now = place()
    if ((now.x !== undefined && now.x === last.x && now.y === last.y) || looks === 2000) return now
    last = now
  }
})()`

/**
 * Waits until an expression is true in a page of any browser. The page may open another document during a query, or may not
 * have an element of the expression yet.
 */
export const untilTrue =
  (evaluate: View["evaluate"], complaints: ReadonlyArray<string> = []): View["until"] =>
  (expression, seconds) => {
    const query = evaluate(expression).pipe(
      Effect.catchAllDefect((error) => Effect.succeed(String(error))),
      Effect.map((value) => ({ value, complaints }))
    )
    return Effect.asVoid(until(`${expression} in the page`, query, ({ value }) => value === true, seconds))
  }

/** Clicks the middle of an element by the mouse of any browser, again when that has missed it. */
export const clickWith =
  (
    evaluate: View["evaluate"],
    clickAt: (place: { readonly x: number; readonly y: number }) => Effect.Effect<unknown>
  ) =>
  (selector: string): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* clickAt(Schema.decodeUnknownSync(Place)(yield* evaluate(middleOf(selector))))
      // A click that opens another page may end this one first.
      return yield* Effect.catchAllCause(evaluate("window.clickMissed"), () => Effect.succeed(false))
    }).pipe(
      // What loads above the element may move it between the press and the release.
      Effect.repeat({ while: (missed) => missed === true, times: 10 }),
      Effect.asVoid
    )
