import { Effect, Option } from "effect"
import type { Fields } from "../body/FormFields.ts"
import type { WireError } from "./Problem.ts"
import type { Excess } from "./RateLimit.ts"

/** Whether the sender of one request may go on. */
export interface Admission {
  /** Asked before a file is received, with what the form has told so far; passes while that is not enough to tell. */
  readonly early: (fields: Fields) => Effect.Effect<unknown, WireError>
  /** Receives the body and admits its sender. Whoever is not admitted is told nothing else of what he sent. */
  readonly around: <A extends object>(receive: Effect.Effect<A, WireError>) => Effect.Effect<A, WireError>
}

const open: Admission = { early: () => Effect.void, around: (receive) => receive }

/** What only those hear who are admitted. */
const answers: ReadonlySet<string> = new Set([
  "MalformedBody",
  "UnsupportedBody",
  "BodyTooLarge",
  "UnknownJob",
  "UnknownPath"
])

/** `proof` stands for the token of a runner where the body has none. */
export const make = (
  excess: Option.Option<Excess>,
  proof: Option.Option<Effect.Effect<unknown, WireError>>
): Admission => {
  if (Option.isNone(excess)) return open
  const { admit, refusal } = excess.value
  let isAdmitted = false

  const judge = (members: object): Effect.Effect<unknown, WireError> =>
    Effect.tap(
      Option.getOrElse(proof, () => admit(members)),
      () => {
        isAdmitted = true
      }
    )

  return {
    early: (fields) => (Option.isSome(proof) || "runnerToken" in fields ? judge(fields) : Effect.void),
    around: (receive) =>
      Effect.tap(receive, judge).pipe(
        Effect.mapError((error) => (!isAdmitted && answers.has(error._tag) ? refusal : error))
      )
  }
}
