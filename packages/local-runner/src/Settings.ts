import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Duration, type Effect, Option, type Redacted } from "effect"
import type { LocalRunnerError } from "./errors.ts"
import { builtIn } from "./jobs/builtIn.ts"
import type { JobType } from "./jobs/JobType.ts"
import type { Transcriber } from "./jobs/transcription/Transcriber.ts"
import { videoTranscription } from "./jobs/transcription/VideoTranscription.ts"

/** The version that this runner sends, in the numbering of the real runner whose ways it follows. */
export const version = "0.4.0"

/** How a runner introduces itself. */
export interface Registration {
  readonly registrationToken: Redacted.Redacted<string>
  /** 1 to 100 characters, unique on the server. */
  readonly name: string
  readonly description?: string | undefined
}

/**
 * Who the runner is: either a token from an earlier registration, or what is needed to register. In the second case
 * the token is kept in the work directory and used again at the next start.
 */
export type Identity = { readonly runnerToken: Redacted.Redacted<string> } | { readonly registration: Registration }

export interface RunnerOptions {
  /** The address of the server. A path in it stands before every path of the protocol. */
  readonly url: URL | string
  /** A folder of this runner alone: two runners that share one abort each other's jobs when they start. */
  readonly workDirectory: string
  /** How many jobs run at once. By default 2, and 1 with ffmpeg.wasm, which fills a core by itself. */
  readonly concurrency?: number | undefined
  /** How often the server hears of a running job. 60 s by default; servers take a job back after some 120 s of silence. */
  readonly progressInterval?: Duration.DurationInput | undefined
  /** How often to ask for jobs although nobody called. 60 s by default. */
  readonly pollInterval?: Duration.DurationInput | undefined
  /** The first pause after a failed exchange; it doubles up to a minute, with jitter. 1 s by default. */
  readonly retryDelay?: Duration.DurationInput | undefined
  /** How long giving back the jobs may take when the runner stops. 5 s by default. */
  readonly shutdownTimeout?: Duration.DurationInput | undefined
  /**
   * How long ffmpeg may report nothing before it is killed and its job fails; it reports twice a second while it works. 2
   * minutes by default.
   */
  readonly stallTimeout?: Duration.DurationInput | undefined
  /** What this runner can do, as far as its engine is able to; by default everything that this package can. */
  readonly jobTypes?: ReadonlyArray<JobType> | undefined
  /** The program that writes down what is said. Without one this runner does not ask for `video-transcription`. */
  readonly transcription?: Transcriber | undefined
  /** Hears why the runner stopped by itself, such as that it was removed from the server. It is logged in any case. */
  readonly onStopped?: ((error: LocalRunnerError) => Effect.Effect<void>) | undefined
}

export type LocalRunnerConfig = RunnerOptions & Identity

/** The options with every default filled in, but those that depend on the engine. */
export interface Settings {
  readonly url: URL
  readonly identity: Identity
  readonly workDirectory: string
  readonly concurrency: Option.Option<number>
  readonly progressInterval: Duration.Duration
  readonly pollInterval: Duration.Duration
  readonly retryDelay: Duration.Duration
  readonly shutdownTimeout: Duration.Duration
  readonly stallTimeout: Duration.Duration
  readonly jobTypes: ReadonlyArray<JobType>
}

export const fromConfig = (config: LocalRunnerConfig): Settings => ({
  url: new URL(config.url),
  identity: config,
  workDirectory: config.workDirectory,
  concurrency: Option.fromNullable(config.concurrency),
  progressInterval: Duration.decode(config.progressInterval ?? "60 seconds"),
  pollInterval: Duration.decode(config.pollInterval ?? "60 seconds"),
  retryDelay: Duration.decode(config.retryDelay ?? "1 second"),
  shutdownTimeout: Duration.decode(config.shutdownTimeout ?? "5 seconds"),
  stallTimeout: Duration.decode(config.stallTimeout ?? "2 minutes"),
  jobTypes: [
    ...(config.jobTypes ?? builtIn),
    ...(config.transcription === undefined ? [] : [videoTranscription(config.transcription)])
  ]
})

/** The same for a runner that has this engine alone. */
export const forEngine = (settings: Settings, engine: Ffmpeg["Type"]["engine"]): Settings => ({
  ...settings,
  jobTypes: settings.jobTypes.filter(({ engines }) => engines?.includes(engine) ?? true)
})
