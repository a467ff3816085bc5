import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option, type Redacted, Schema } from "effect"
import * as Backoff from "./Backoff.ts"
import { type LocalRunnerError, UnknownRunner, WorkDirectoryError } from "./errors.ts"
import { finishing } from "./finishing.ts"
import { type Registering, type Registration, type Settings, version } from "./Settings.ts"
import * as WorkFolders from "./WorkFolders.ts"
import { isRefused, isUnknownRunner, type WireError } from "./wire/Answers.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"
import type { Wire } from "./wire/Wire.ts"

/** The stored identity of a runner that registered by itself. */
const Kept = Schema.parseJson(
  Schema.Struct({ server: Schema.String, name: Schema.String, runnerToken: Schema.Redacted(Schema.String) })
)

type Files = FileSystem.FileSystem | Path.Path

const keptAt = (workDirectory: string): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, (path) => path.join(workDirectory, "runner.json"))

/** Registers and returns the runner's id and its token. */
export const register = (
  wire: Wire,
  { description, name, registrationToken }: Registration
): Effect.Effect<{ readonly id: number; readonly runnerToken: Redacted.Redacted<string> }, WireError> =>
  RunnerCalls.register(wire, { name, registrationToken, ...(description ? { description } : {}), version })

/**
 * Returns the runner token. Uses the stored token unless the server does not know it any more. Otherwise registers the
 * runner and stores the new token. Waits for an unavailable server.
 */
export const runnerToken = (
  wire: Wire,
  settings: Settings
): Effect.Effect<Redacted.Redacted<string>, LocalRunnerError, Files> => {
  const { identity } = settings
  if ("runnerToken" in identity) return Effect.succeed(identity.runnerToken)
  const retrying = Backoff.untilAvailable(settings.retryDelay)
  return Effect.gen(function* () {
    const kept = yield* readKept(settings, identity.registration)
    if (Option.isSome(kept) && (yield* isKnown(wire, settings, kept.value).pipe(retrying))) return kept.value
    const { registrationToken, ...runner } = identity.registration
    if (registrationToken === undefined) return yield* new UnknownRunner({ server: wire.url.href })
    return yield* registerAndKeep(wire, settings, { ...runner, registrationToken }).pipe(retrying)
  })
}

/** Completes even when interrupted, because a runner whose token is lost cannot register again under its name. */
const registerAndKeep = (wire: Wire, settings: Settings, registration: Registration) =>
  Effect.gen(function* () {
    const registered = yield* Effect.tapErrorTag(register(wire, registration), "ServerUnavailable", (error) =>
      Effect.logWarning("Cannot register yet", error.message)
    )
    yield* keep(settings, registration, registered.runnerToken)
    yield* Effect.logInfo("Registered").pipe(Effect.annotateLogs({ runner: registered.id }))
    return registered.runnerToken
  }).pipe(finishing(settings.shutdownTimeout))

/** Verifies the token by requesting jobs, which reserves nothing. */
const isKnown = (
  wire: Wire,
  { jobTypes }: Settings,
  token: Redacted.Redacted<string>
): Effect.Effect<boolean, WireError> =>
  RunnerCalls.request(wire, { runnerToken: token, jobTypes: jobTypes.map(({ name }) => name), version }).pipe(
    Effect.as(true),
    Effect.catchIf(
      (error) => isRefused(error) && isUnknownRunner(error),
      () => Effect.succeed(false)
    )
  )

/** Returns what an earlier start of a runner has stored in its work directory. */
export const kept = (workDirectory: string): Effect.Effect<Option.Option<typeof Kept.Type>, never, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* Schema.decode(Kept)(yield* fs.readFileString(yield* keptAt(workDirectory)))
  }).pipe(Effect.option)

const readKept = ({ url, workDirectory }: Settings, { name }: Registering) =>
  Effect.map(
    kept(workDirectory),
    Option.flatMap((found) =>
      found.server === url.href && found.name === name ? Option.some(found.runnerToken) : Option.none()
    )
  )

const keep = (
  { url, workDirectory }: Settings,
  { name }: Registration,
  token: Redacted.Redacted<string>
): Effect.Effect<void, WorkDirectoryError, Files> =>
  Effect.gen(function* () {
    const content = Schema.encodeSync(Kept)({ server: url.href, name, runnerToken: token })
    yield* WorkFolders.writePrivate(yield* keptAt(workDirectory), content)
  }).pipe(Effect.mapError((cause: PlatformError) => new WorkDirectoryError({ directory: workDirectory, cause })))
