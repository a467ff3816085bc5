import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Duration, type Effect, type Redacted } from "effect"
import type { LocalRunnerError } from "./errors.ts"
import { builtIn } from "./jobs/builtIn.ts"
import { software } from "./jobs/encoder/software.ts"
import type { VideoEncoder } from "./jobs/encoder/VideoEncoder.ts"
import type { JobType } from "./jobs/JobType.ts"
import type { Transcriber } from "./jobs/transcription/Transcriber.ts"
import { videoTranscription } from "./jobs/transcription/VideoTranscription.ts"
import * as Slots from "./Slots.ts"

/** The version that this runner sends: the version of the official runner whose protocol it follows. */
export const version = "0.4.0"

/** The data that a runner registers with. */
export interface Registration {
  readonly registrationToken: Redacted.Redacted<string>
  /** 1 to 100 characters, unique on the server. */
  readonly name: string
  readonly description?: string | undefined
}

/** The data of a runner that may have registered at an earlier start. Then it needs no registration token. */
export type Registering = Omit<Registration, "registrationToken"> & {
  readonly registrationToken?: Redacted.Redacted<string> | undefined
}

/**
 * The identity of the runner: a token from an earlier registration, or the data to register with. After a registration
 * the token is stored in the work directory and reused at the next start.
 */
export type Identity = { readonly runnerToken: Redacted.Redacted<string> } | { readonly registration: Registering }

export interface RunnerOptions {
  /** The address of the server. A path in it is prepended to every path of the protocol. */
  readonly url: URL | string
  /** The origin of the server's socket. That of `url` by default. */
  readonly socketUrl?: URL | string | undefined
  /** A folder used by this runner only. Two runners that share a folder abort each other's jobs when they start. */
  readonly workDirectory: string
  /**
   * Number of concurrent jobs, or slots that several runners share. Defaults to 2, or to 1 with ffmpeg.wasm, where one
   * job already uses a whole core. Up to as many results are delivered beside them.
   */
  readonly concurrency?: number | Slots.Slots | undefined
  /**
   * Interval between progress reports of a running job. 60 s by default. Servers take a job back after about 120 s
   * without a report.
   */
  readonly progressInterval?: Duration.DurationInput | undefined
  /** Interval between job requests without a wake-up from the server. 60 s by default. */
  readonly pollInterval?: Duration.DurationInput | undefined
  /** The first pause after a failed request. It doubles up to a minute, with jitter. 1 s by default. */
  readonly retryDelay?: Duration.DurationInput | undefined
  /** Time limit for giving back the jobs when the runner stops. 5 s by default. */
  readonly shutdownTimeout?: Duration.DurationInput | undefined
  /**
   * Maximum time without a progress report from ffmpeg, which reports twice a second while it works. Then ffmpeg is
   * killed and the job fails. 2 minutes by default.
   */
  readonly stallTimeout?: Duration.DurationInput | undefined
  /** The job types to request, as far as the engine supports them. All built-in types by default. */
  readonly jobTypes?: ReadonlyArray<JobType> | undefined
  /** The encoder for H.264, from `selectEncoder`. libx264 by default. */
  readonly encoder?: VideoEncoder | undefined
  /** The transcription program. Without one, the runner does not request `video-transcription`. */
  readonly transcription?: Transcriber | undefined
  /**
   * Receives the reason when the runner stops by itself, such as its removal from the server. The reason is logged as
   * well.
   */
  readonly onStopped?: ((error: LocalRunnerError) => Effect.Effect<void>) | undefined
}

export type LocalRunnerConfig = RunnerOptions & Identity

/** The options with all defaults filled in. */
export interface Settings {
  readonly url: URL
  readonly socketUrl: URL
  readonly identity: Identity
  readonly workDirectory: string
  readonly slots: Slots.Slots
  readonly progressInterval: Duration.Duration
  readonly pollInterval: Duration.Duration
  readonly retryDelay: Duration.Duration
  readonly shutdownTimeout: Duration.Duration
  readonly stallTimeout: Duration.Duration
  readonly encoder: VideoEncoder
  readonly jobTypes: ReadonlyArray<JobType>
}

type Engine = Ffmpeg["Type"]["engine"]

/** The number of concurrent jobs of a runner with this engine, unless the host chooses another. */
export const defaultConcurrency = (engine: Engine): number => (engine === "wasm" ? 1 : 2)

const slotsOf = (concurrency: number | Slots.Slots): Slots.Slots =>
  typeof concurrency === "number" ? Slots.make(concurrency) : concurrency

const jobTypesOf = ({ jobTypes, transcription }: RunnerOptions, engine: Engine): ReadonlyArray<JobType> =>
  [...(jobTypes ?? builtIn), ...(transcription === undefined ? [] : [videoTranscription(transcription)])].filter(
    ({ engines }) => engines?.includes(engine) ?? true
  )

/** Fills in the defaults for an engine. */
export const fromConfig = (config: LocalRunnerConfig, engine: Engine): Settings => ({
  url: new URL(config.url),
  socketUrl: new URL(config.socketUrl ?? config.url),
  identity: config,
  workDirectory: config.workDirectory,
  slots: slotsOf(config.concurrency ?? defaultConcurrency(engine)),
  progressInterval: Duration.decode(config.progressInterval ?? "60 seconds"),
  pollInterval: Duration.decode(config.pollInterval ?? "60 seconds"),
  retryDelay: Duration.decode(config.retryDelay ?? "1 second"),
  shutdownTimeout: Duration.decode(config.shutdownTimeout ?? "5 seconds"),
  stallTimeout: Duration.decode(config.stallTimeout ?? "2 minutes"),
  encoder: config.encoder ?? software(engine),
  jobTypes: jobTypesOf(config, engine)
})
