import { Cause, Effect, Exit, Option } from "effect"
import type { Fields } from "../body/FormFields.ts"
import type { WireError } from "./Problem.ts"
import type { Visit } from "./RateLimit.ts"

/** Applies the rate limit to one request. */
export interface Admission {
  /** Called before a file is received, with the fields so far. Passes while the fields hold no token. */
  readonly early: (fields: Fields) => Effect.Effect<unknown, WireError>
  /** Receives the body and admits its sender. A sender that is not admitted learns nothing about its body. */
  readonly around: <A extends object>(receive: Effect.Effect<A, WireError>) => Effect.Effect<A, WireError>
  /** Takes the outcome of the request. */
  readonly settle: (outcome: Exit.Exit<unknown, WireError>) => Effect.Effect<void>
}

/** Errors about the body, which only admitted senders receive. */
const answers: ReadonlySet<string> = new Set([
  "MalformedBody",
  "UnsupportedBody",
  "BodyTooLarge",
  "UnknownJob",
  "UnknownPath"
])

/** `proof` authenticates runners at endpoints without a token in the body. */
export const make = (visit: Visit, proof: Option.Option<Effect.Effect<unknown, WireError>>): Admission => {
  const { refusal } = visit
  let isAdmitted = Option.isNone(refusal)

  const judge = (members: object): Effect.Effect<unknown, WireError> => {
    if (Option.isNone(refusal)) return visit.admit(members)
    return Effect.tap(
      Option.getOrElse(proof, () => visit.admit(members)),
      () => {
        isAdmitted = true
      }
    )
  }

  return {
    early: (fields) => (Option.isSome(proof) || "runnerToken" in fields ? judge(fields) : Effect.void),
    around: (receive) => {
      const judged = Effect.tap(receive, judge)
      if (Option.isNone(refusal)) return judged
      return Effect.mapError(judged, (error) => (!isAdmitted && answers.has(error._tag) ? refusal.value : error))
    },
    settle: (outcome) => {
      if (Exit.isSuccess(outcome)) return visit.succeed
      const isUnknown = Option.exists(Cause.failureOption(outcome.cause), ({ _tag }) => _tag === "UnknownRunner")
      return isUnknown ? visit.reject : Effect.void
    }
  }
}
