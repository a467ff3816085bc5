import { ChildProgram, LogTail } from "@runner-connector/ffmpeg"
import { Duration, Effect } from "effect"
import { JobFailed } from "../JobType.ts"

/** The program of the host that transcribes a recording. */
export interface Transcriber {
  /** A program on PATH, or its path. It is run without a shell. */
  readonly command: string
  /**
   * Its arguments. `{input}` in them stands for the recording, a WAV file of one channel at 16 kHz, and
   * `{outputDirectory}` for the empty folder in which it must leave exactly one `.vtt`.
   */
  readonly args: ReadonlyArray<string>
  /**
   * Environment variables for it, besides PATH, HOME, the locale and the temporary folder. It inherits no other variables of
   * the host, which may be secrets.
   */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** The spoken language, such as `en`, if it is always the same; otherwise taken from the program's output. */
  readonly language?: string | undefined
  /** How long the program may take for one recording. 6 hours by default. */
  readonly timeout?: Duration.DurationInput | undefined
}

const DEFAULT_TIMEOUT = "6 hours"

/** What the placeholders stand for. */
interface Places {
  readonly input: string
  readonly outputDirectory: string
}

const argumentsOf = ({ args }: Transcriber, places: Places): ReadonlyArray<string> =>
  args.map((arg) => arg.replace(/\{(input|outputDirectory)\}/g, (_, name: string) => places[name as keyof Places]))

/** The system's words name the whole command line: they are for the log of this machine alone. */
const asFailure = (cause: unknown) =>
  Effect.zipRight(Effect.logError("The transcription command", cause), Effect.fail("could not be run or was killed"))

/** Runs the program to its end; interruption kills it and the processes it has started. */
const execute = (transcriber: Transcriber, places: Places, log: LogTail.LogTail): Effect.Effect<void, string> =>
  ChildProgram.run({
    command: transcriber.command,
    arguments: argumentsOf(transcriber, places),
    env: transcriber.env,
    ownGroup: true,
    onStdout: () => {},
    onStderr: log.push
  }).pipe(
    Effect.catchAll(asFailure),
    Effect.flatMap(({ exitCode, signal }) => {
      if (exitCode === null) return asFailure(`It was killed by ${signal}`)
      return exitCode === 0 ? Effect.void : Effect.fail(`failed with exit code ${exitCode}`)
    })
  )

/** Transcribes a recording. A failure contains the last lines that the program wrote to stderr. */
export const transcribe = (transcriber: Transcriber, places: Places): Effect.Effect<void, JobFailed> =>
  Effect.suspend(() => {
    const log = LogTail.make()
    const limit = Duration.decode(transcriber.timeout ?? DEFAULT_TIMEOUT)
    return execute(transcriber, places, log).pipe(
      Effect.timeoutFail({ duration: limit, onTimeout: () => `was stopped after ${Duration.format(limit)}` }),
      Effect.mapError(
        (how) => new JobFailed({ message: [`The transcription command ${how}`, ...log.lines()].join("\n") })
      )
    )
  })
