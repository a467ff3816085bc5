import { ChildProgram, LogTail } from "@runner-connector/ffmpeg"
import { Duration, Effect } from "effect"
import { JobFailed } from "../JobType.ts"

/** The transcription program of the host. */
export interface Transcriber {
  /** A program on PATH, or its path. It runs without a shell. */
  readonly command: string
  /**
   * The arguments of the program. `{input}` is replaced by the recording, a mono WAV file at 16 kHz.
   * `{outputDirectory}` is replaced by an empty folder, in which the program must create exactly one `.vtt` file.
   */
  readonly args: ReadonlyArray<string>
  /**
   * Environment variables of the program, added to PATH, HOME, the locale and the temporary folder. The program
   * inherits no other variables of the host, because they may be secrets.
   */
  readonly env?: Readonly<Record<string, string>> | undefined
  /**
   * The spoken language, such as `en`, if it is always the same. By default it is read from the output of the program.
   */
  readonly language?: string | undefined
  /** Time limit per recording. 6 hours by default. */
  readonly timeout?: Duration.DurationInput | undefined
}

const DEFAULT_TIMEOUT = "6 hours"

/** The values of the placeholders. */
interface Places {
  readonly input: string
  readonly outputDirectory: string
}

const argumentsOf = ({ args }: Transcriber, places: Places): ReadonlyArray<string> =>
  args.map((arg) => arg.replace(/\{(input|outputDirectory)\}/g, (_, name: string) => places[name as keyof Places]))

/** System errors contain the whole command line, so they are only logged on this machine. */
const asFailure = (cause: unknown) =>
  Effect.zipRight(Effect.logError("The transcription command", cause), Effect.fail("could not be run or was killed"))

/** Runs the program to its end. Interruption kills the program and its child processes. */
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

/** Transcribes a recording. A failure contains the last lines of the program's stderr. */
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
