import { createHash } from "node:crypto"
import { hostname } from "node:os"
import { join } from "node:path"
import { type FileSystem, Path } from "@effect/platform"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Array as Arr, Deferred, Duration, Effect, Either, Option, Queue, Schema, type Scope } from "effect"
import { builtIn } from "../jobs/builtIn.ts"
import { selectEncoder } from "../jobs/encoder/selectEncoder.ts"
import type { VideoEncoder } from "../jobs/encoder/VideoEncoder.ts"
import { VIDEO_TRANSCRIPTION } from "../jobs/transcription/VideoTranscription.ts"
import * as LocalRunner from "../LocalRunner.ts"
import * as Registered from "../Registered.ts"
import { defaultConcurrency } from "../Settings.ts"
import * as Slots from "../Slots.ts"
import type { ProgramSettings } from "./ProgramSettings.ts"
import { InvalidSettings } from "./problems.ts"
import type { ServerSettings } from "./ServerSettings.ts"
import * as Signals from "./Signals.ts"
import { packageVersion } from "./version.ts"

/** The runner has stopped for at least one server by itself. The reasons are logged. */
export class Stopped extends Schema.TaggedError<Stopped>()("Stopped", { servers: Schema.Array(Schema.String) }) {
  override get message(): string {
    return `The runner has stopped for ${this.servers.join(", ")}`
  }
}

/** Each server has a folder of its own, named after its address. */
const folderOf = (workDirectory: string, { href }: URL): string => {
  const hash = createHash("sha256").update(href).digest("hex").slice(0, 8)
  return join(workDirectory, `${href.replaceAll(/\W+/g, "-")}${hash}`)
}

/** A server with its folder and the identity of the runner there. */
interface Served extends ServerSettings {
  readonly folder: string
  readonly registration: LocalRunner.Registering
}

/** Keeps the name of an earlier start, because another name would need another registration. */
const identify = (
  workDirectory: string,
  description: string,
  server: ServerSettings
): Effect.Effect<Served, string, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const folder = folderOf(workDirectory, server.url)
    const kept = Option.filter(yield* Registered.kept(folder), (found) => found.server === server.url.href)
    const keptName = Option.getOrUndefined(Option.map(kept, ({ name }) => name))
    const name = server.name ?? keptName ?? hostname()
    if (server.registrationToken === undefined && keptName !== name) {
      return yield* Effect.fail(`--registration-token: expected one for the first start at ${server.url.href}`)
    }
    const { registrationToken } = server
    return {
      ...server,
      folder,
      registration: { name, registrationToken, description: server.description ?? description }
    }
  })

/** The job types that the runner requests, except transcription, which the transcriber adds. */
const jobTypesOf = ({ jobTypes }: ProgramSettings) =>
  jobTypes === undefined ? builtIn : builtIn.filter(({ name }) => jobTypes.includes(name))

const transcriberOf = ({ jobTypes, transcriber }: ProgramSettings) =>
  jobTypes === undefined || jobTypes.includes(VIDEO_TRANSCRIPTION) ? transcriber : undefined

/** Serves all servers until `stop` completes and their jobs have ended. A failure of one does not stop the others. */
const serveAll = (
  settings: ProgramSettings,
  encoder: VideoEncoder,
  servers: ReadonlyArray<Served>,
  stop: Effect.Effect<void>
): Effect.Effect<void, Stopped, LocalRunner.Environment> =>
  Effect.gen(function* () {
    const { engine } = yield* Ffmpeg
    const slots = Slots.make(settings.concurrency ?? defaultConcurrency(engine))
    const serveOne = ({ folder, registration, url }: Served) =>
      LocalRunner.runUntil(
        {
          ...{ url, registration, workDirectory: folder, concurrency: slots, encoder },
          progressInterval: settings.progressInterval,
          jobTypes: jobTypesOf(settings),
          transcription: transcriberOf(settings)
        },
        stop
      ).pipe(
        Effect.tapError((error) => Effect.logError("The runner has stopped for this server", error.message)),
        Effect.annotateLogs({ server: url.host }),
        Effect.mapError(() => url.href),
        Effect.either
      )
    const ends = yield* Effect.forEach(servers, serveOne, { concurrency: "unbounded" })
    const failed = Arr.filterMap(ends, Either.getLeft)
    if (failed.length > 0) return yield* new Stopped({ servers: failed })
  })

/** Waits for the first signal and stops accepting jobs. Completes at the second signal or after the time limit. */
const endOfDraining = (
  signals: Queue.Dequeue<NodeJS.Signals>,
  stop: Deferred.Deferred<void>,
  limit: Duration.Duration
) =>
  Effect.gen(function* () {
    yield* Queue.take(signals)
    yield* Effect.logInfo(
      `Draining: running jobs may take ${Duration.format(limit)}. Another signal gives them back now`
    )
    yield* Deferred.succeed(stop, undefined)
    yield* Effect.raceFirst(
      Effect.zipRight(Queue.take(signals), Effect.logWarning("Giving the running jobs back: second signal")),
      Effect.zipRight(Effect.sleep(limit), Effect.logWarning("Giving the running jobs back: the time is over"))
    )
  })

/**
 * Serves the servers of the settings until a signal. Registers at the first start only. Fails with `InvalidSettings`
 * when a registration is needed and impossible.
 */
export const serve = (
  settings: ProgramSettings
): Effect.Effect<void, Stopped | InvalidSettings, LocalRunner.Environment | Scope.Scope> =>
  Effect.gen(function* () {
    const signals = yield* Signals.receive
    const { engine, version } = yield* Ffmpeg
    const encoder = yield* selectEncoder({ name: settings.encoder, device: settings.encoderDevice })
    const program = `runner-connector-runner ${packageVersion}, FFmpeg ${version} (${engine}), ${encoder.name}`
    const path = yield* Path.Path
    const workDirectory = path.resolve(settings.workDirectory)
    const servers = yield* Effect.mapError(
      Effect.validateAll(settings.servers, (server) => identify(workDirectory, program, server)),
      (problems) => new InvalidSettings({ problems })
    )
    yield* Effect.logInfo(program)
    const stop = yield* Deferred.make<void>()
    yield* Effect.raceFirst(
      serveAll(settings, encoder, servers, Deferred.await(stop)),
      endOfDraining(signals, stop, settings.drainTimeout)
    )
  })
