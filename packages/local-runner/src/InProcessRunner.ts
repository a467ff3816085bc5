import { hostname } from "node:os"
import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { type Errors, type Persistence, type RunnerStore, Runners, Tokens } from "@runner-connector/core"
import { Effect, Layer, Option, Redacted } from "effect"
import type { LocalRunnerError } from "./errors.ts"
import * as LocalRunner from "./LocalRunner.ts"
import type { RunnerOptions } from "./Settings.ts"

/** Options of a runner in the process of its server. */
export interface InProcessOptions extends RunnerOptions {
  /** Stores the token of the runner for the next start. Only its owner can read the file. */
  readonly tokenFile: string
}

type Token = Redacted.Redacted<string>

/** Why the runner cannot be registered. */
export type RegistrationError =
  | Errors.UnknownRegistrationToken
  | RunnerStore.RunnerNameTaken
  | RunnerStore.RegistrationTokenSpent
  | Persistence.PersistenceError

const register = (name: string): Effect.Effect<Token, RegistrationError, Runners.Runners> =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const { registrationToken } = yield* runners.createRegistrationToken()
    const nothing = { ip: Option.none(), version: Option.none() }
    const description = Option.some("Runs in the server's own process")
    const { runnerToken } = yield* runners.register({ registrationToken, name, description, ...nothing })
    return runnerToken
  })

/** The token of an earlier start if the database still knows it, otherwise that of a new registration. */
const tokenOf = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const runners = yield* Runners.Runners
    const kept = yield* Effect.option(fs.readFileString(file))
    const known = Option.map(kept, (text) => Redacted.make(text.trim()))
    if (Option.isSome(known) && Redacted.value(known.value) !== "") {
      const isKnown = yield* Effect.either(runners.authenticate(known.value))
      if (isKnown._tag === "Right") return known.value
      if (isKnown.left._tag === "PersistenceError") return yield* isKnown.left
    }
    // The name must be unique, also when several servers share a database or a data folder was lost.
    const { uuid } = yield* Tokens.Identifiers
    const token = yield* register(`local ${hostname()} ${(yield* uuid).slice(0, 4)}`.slice(0, 100))
    yield* fs.writeFileString(file, Redacted.value(token), { mode: 0o600 })
    return token
  })

/**
 * A runner in the process of its server, so that the server works with nothing else installed. It uses HTTP and Socket.IO
 * like every runner. Only its registration needs no operator who copies a token.
 */
export const layer = ({
  tokenFile,
  ...options
}: InProcessOptions): Layer.Layer<
  never,
  RegistrationError | PlatformError | LocalRunnerError,
  Runners.Runners | LocalRunner.Environment
> => Layer.unwrapEffect(Effect.map(tokenOf(tokenFile), (runnerToken) => LocalRunner.layer({ ...options, runnerToken })))
