import { DateTime, Effect, type Redacted } from "effect"
import type { RegistrationToken } from "../../domain/runner/Runner.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerStore, type TokenLimits } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { hashToken, hintOf, makeToken } from "../../ports/Tokens.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"

/** Creates a registration token. Only this result contains the token. */
export type CreateRegistrationToken = (
  limits?: Partial<TokenLimits>
) => Effect.Effect<
  { readonly registrationToken: Redacted.Redacted<string>; readonly record: RegistrationToken },
  PersistenceError
>

/** Creation of registration tokens over the store. */
export const makeCreateRegistrationToken: Effect.Effect<CreateRegistrationToken, never, RunnerStore | AfterCommit> =
  Effect.gen(function* () {
    const { registrationTokens } = yield* RunnerStore
    const afterCommit = yield* AfterCommit
    return spanned("Runners.createRegistrationToken")(function* (limits: Partial<TokenLimits> = {}) {
      const registrationToken = yield* makeToken("ptrrt-")
      const tokenHash = yield* hashToken(registrationToken)
      const hint = hintOf(registrationToken)
      const record = yield* afterCommit.run({
        write: registrationTokens.add({ ...limits, tokenHash, hint, at: yield* DateTime.now }),
        written: registrationTokens.findByHash(tokenHash),
        effects: () => Effect.void,
        // The caller got an error instead of the token.
        lateEffects: ({ id }) => Effect.ignoreLogged(registrationTokens.remove(id))
      })
      return { registrationToken, record }
    })
  })
