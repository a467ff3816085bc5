import { DateTime, Effect, Option, type Redacted } from "effect"
import type { Runner } from "../../domain/runner/Runner.ts"
import { unknownHealth } from "../../domain/runner/RunnerHealth.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { type RegistrationTokenSpent, type RunnerNameTaken, RunnerStore } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { hashToken, makeToken } from "../../ports/Tokens.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { UnknownRegistrationToken } from "../errors.ts"
import { makeInsertRunner } from "./insertRunner.ts"
import type { Caller } from "./noteContact.ts"

/** The request of a program to become a runner. */
export interface Registration extends Caller {
  readonly registrationToken: Redacted.Redacted<string>
  readonly name: string
  readonly description: Option.Option<string>
}

/** Creates a runner and its token. Only this result contains the token. */
export type Register = (
  registration: Registration
) => Effect.Effect<
  { readonly runner: Runner; readonly runnerToken: Redacted.Redacted<string> },
  UnknownRegistrationToken | RunnerNameTaken | RegistrationTokenSpent | PersistenceError
>

/** Registration over the ports. */
export const makeRegister: Effect.Effect<Register, never, RunnerStore | AfterCommit> = Effect.gen(function* () {
  const { registrationTokens } = yield* RunnerStore
  const insertRunner = yield* makeInsertRunner
  return spanned("Runners.register")(function* (registration: Registration) {
    const token = yield* registrationTokens.findByHash(yield* hashToken(registration.registrationToken))
    if (Option.isNone(token)) return yield* new UnknownRegistrationToken()
    const runnerToken = yield* makeToken("ptrt-")
    const now = yield* DateTime.now
    const tokenHash = yield* hashToken(runnerToken)
    const runner = yield* insertRunner({
      name: registration.name,
      description: registration.description,
      tokenHash,
      registrationTokenId: token.value.id,
      version: registration.version,
      jobTypes: Option.none(),
      labels: token.value.labels,
      state: "active",
      health: unknownHealth,
      ip: registration.ip,
      lastContact: now,
      createdAt: now,
      updatedAt: now
    }).pipe(Effect.catchTag("RegistrationTokenGone", () => new UnknownRegistrationToken()))
    return { runner, runnerToken }
  })
})
