import { Command, type CommandExecutor } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { LogTail } from "@runner-connector/ffmpeg"
import { Duration, Effect, Stream } from "effect"
import { JobFailed } from "../JobType.ts"

/** The program of the host that writes down what is said in a recording. */
export interface Transcriber {
  /** A program on PATH, or its path. It is run without a shell. */
  readonly command: string
  /**
   * Its arguments. `{input}` in them stands for the recording, a WAV file of one channel at 16 kHz, and
   * `{outputDirectory}` for the empty folder in which it must leave exactly one `.vtt`.
   */
  readonly args: ReadonlyArray<string>
  /** The language that is spoken, such as `en`, when it is always the same; otherwise the program's output says it. */
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

const commandOf = ({ args, command }: Transcriber, places: Places): Command.Command =>
  Command.make(
    command,
    ...args.map((arg) => arg.replace(/\{(input|outputDirectory)\}/g, (_, name: string) => places[name as keyof Places]))
  ).pipe(Command.stdin(Stream.empty))

/** The platform's words name the whole command line: they are for the log of this machine alone. */
const asFailure = (error: PlatformError) =>
  Effect.zipRight(
    Effect.logError("The transcription command", error.message),
    Effect.fail("could not be run or was killed")
  )

/** Runs the program to its end; interruption kills it and what it has started. */
const execute = (command: Command.Command, log: LogTail.LogTail) =>
  Effect.gen(function* () {
    const running = yield* Command.start(command)
    // The platform asks a process to end and waits until it does, which some never do.
    yield* Effect.addFinalizer(() => Effect.ignore(running.kill("SIGKILL")))
    const reading = Stream.runForEach(Stream.decodeText(running.stderr), (text) => Effect.sync(() => log.push(text)))
    const [exitCode] = yield* Effect.all([running.exitCode, reading, Stream.runDrain(running.stdout)], {
      concurrency: "unbounded"
    })
    if (exitCode !== 0) return yield* Effect.fail(`failed with exit code ${exitCode}`)
  }).pipe(
    Effect.scoped,
    Effect.catchAll((error) => (typeof error === "string" ? Effect.fail(error) : asFailure(error)))
  )

/** Has a recording written down; a failure says the last lines that the program wrote to stderr. */
export const transcribe = (
  transcriber: Transcriber,
  places: Places
): Effect.Effect<void, JobFailed, CommandExecutor.CommandExecutor> =>
  Effect.suspend(() => {
    const log = LogTail.make()
    const limit = Duration.decode(transcriber.timeout ?? DEFAULT_TIMEOUT)
    return execute(commandOf(transcriber, places), log).pipe(
      Effect.timeoutFail({ duration: limit, onTimeout: () => `was stopped after ${Duration.format(limit)}` }),
      Effect.mapError(
        (how) => new JobFailed({ message: [`The transcription command ${how}`, ...log.lines()].join("\n") })
      )
    )
  })
