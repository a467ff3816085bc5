import { Effect, Option } from "effect"
import type { Fields } from "../body/FormFields.ts"
import type { WireError } from "./Problem.ts"
import type { Visit } from "./RateLimit.ts"

/** Applies the rate limit to one request. */
export interface Admission {
  /** Called before a file is received, with the fields so far. Passes while the fields hold no token. */
  readonly early: (fields: Fields) => Effect.Effect<unknown, WireError>
  /** Receives the body and admits its sender. A sender that is not admitted learns nothing about its body. */
  readonly around: <A extends object>(receive: Effect.Effect<A, WireError>) => Effect.Effect<A, WireError>
  /** Observes the outcome of the request. */
  readonly settle: <A>(handle: Effect.Effect<A, WireError>) => Effect.Effect<A, WireError>
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
    const admit = Option.isSome(proof) && Option.isSome(refusal) ? proof.value : visit.admit(members)
    return Effect.tap(admit, () => {
      isAdmitted = true
    })
  }

  return {
    early: (fields) => (Option.isSome(proof) || "runnerToken" in fields ? judge(fields) : Effect.void),
    around: (receive) =>
      Effect.tap(receive, judge).pipe(
        Effect.mapError((error) =>
          Option.isSome(refusal) && !isAdmitted && answers.has(error._tag) ? refusal.value : error
        )
      ),
    settle: (handle) =>
      Effect.tapBoth(handle, {
        onSuccess: () => visit.succeed,
        onFailure: (error) => (error._tag === "UnknownRunner" ? visit.reject : Effect.void)
      })
  }
}
