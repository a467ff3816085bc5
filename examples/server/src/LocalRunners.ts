import { hostname } from "node:os"
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { type Errors, type Persistence, type RunnerStore, Runners, Tokens } from "@runner-connector/core"
import { LocalRunner } from "@runner-connector/local-runner"
import { Effect, Layer, Option, Redacted } from "effect"
import { Settings } from "./Settings.ts"
import * as Worker from "./workers/Worker.ts"

const TOKEN_FILE = "local-runner-token"
const WORK_FOLDER = "local-runner"

type Token = Redacted.Redacted<string>
type Unregistered = Errors.UnknownRegistrationToken | RunnerStore.RunnerNameTaken | Persistence.PersistenceError

const register = (name: string): Effect.Effect<Token, Unregistered, Runners.Runners> =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const { registrationToken } = yield* runners.createRegistrationToken
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
 * The runner in the server's process, so that the server works with nothing else installed. It uses HTTP and Socket.IO like
 * every runner. Only its registration does not need an operator who copies a token.
 */
export const layer: Layer.Layer<
  never,
  Unregistered | PlatformError | LocalRunner.LocalRunnerError,
  Settings | Runners.Runners | LocalRunner.Environment
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const settings = yield* Settings
    if (!settings.localRunner || !Worker.isFirst) return Layer.empty
    const path = yield* Path.Path
    const runnerToken = yield* tokenOf(path.join(settings.dataDir, TOKEN_FILE))
    return LocalRunner.layer({
      url: settings.localUrl,
      runnerToken,
      workDirectory: path.join(settings.dataDir, WORK_FOLDER),
      progressInterval: "1 second",
      concurrency: Option.getOrUndefined(settings.localRunnerConcurrency),
      transcription: Option.getOrUndefined(settings.localRunnerTranscription)
    })
  })
)
