import { DateTime, Effect, Redacted } from "effect"
import type { RegistrationToken } from "../../domain/runner/Runner.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerStore } from "../../ports/RunnerStore.ts"
import { hashToken, makeToken } from "../../ports/Tokens.ts"

/** Creates a registration token. Only this result contains the token. */
export type CreateRegistrationToken = Effect.Effect<
  { readonly registrationToken: Redacted.Redacted<string>; readonly record: RegistrationToken },
  PersistenceError
>

/** The number of last characters of a token by which administrators recognise it in lists. */
const HINT_LENGTH = 4

/** Creation of registration tokens over the store. */
export const makeCreateRegistrationToken: Effect.Effect<CreateRegistrationToken, never, RunnerStore> = Effect.map(
  RunnerStore,
  ({ registrationTokens }) =>
    Effect.gen(function* () {
      const registrationToken = yield* makeToken("ptrrt-")
      const record = yield* registrationTokens.add({
        tokenHash: yield* hashToken(registrationToken),
        hint: Redacted.value(registrationToken).slice(-HINT_LENGTH),
        at: yield* DateTime.now
      })
      return { registrationToken, record }
    }).pipe(Effect.withSpan("Runners.createRegistrationToken"))
)
