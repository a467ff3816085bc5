import { homedir } from "node:os"
import { join } from "node:path"
import { FileSystem } from "@effect/platform"
import { Array as Arr, Duration, Effect, LogLevel } from "effect"
import { builtIn } from "../jobs/builtIn.ts"
import type { EncoderName } from "../jobs/encoder/VideoEncoder.ts"
import { parseTranscriber } from "../jobs/transcription/parseTranscriber.ts"
import type { Transcriber } from "../jobs/transcription/Transcriber.ts"
import { VIDEO_TRANSCRIPTION } from "../jobs/transcription/VideoTranscription.ts"
import type { CommandLine } from "./commandLine.ts"
import { readEnvironment } from "./environment.ts"
import type { OptionName } from "./options.ts"
import { InvalidSettings } from "./problems.ts"
import { readServers, type ServerSettings } from "./ServerSettings.ts"
import { lookUp, type Source } from "./Source.ts"
import { readToml, type TomlFile } from "./tomlFile.ts"
import * as values from "./values.ts"

/** The valid settings of the program. */
export interface ProgramSettings {
  readonly servers: Arr.NonEmptyReadonlyArray<ServerSettings>
  readonly concurrency: number | undefined
  /** Names of job types. Undefined: all. */
  readonly jobTypes: ReadonlyArray<string> | undefined
  readonly workDirectory: string
  readonly encoder: EncoderName
  readonly encoderDevice: string | undefined
  readonly transcriber: Transcriber | undefined
  readonly progressInterval: Duration.Duration
  readonly drainTimeout: Duration.Duration
  readonly logLevel: LogLevel.LogLevel
  readonly logFormat: "text" | "json"
}

type Environment = Readonly<Record<string, string | undefined>>

const jobTypeNames = [...builtIn.map(({ name }) => name), VIDEO_TRANSCRIPTION]

const readFile = (sources: ReadonlyArray<Source>): Effect.Effect<TomlFile | undefined, string, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const found = lookUp(sources, "config")
    const file = found?.values.at(-1)
    if (found === undefined || file === undefined) return undefined
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(fs.readFileString(file), () => `${found.shown}: ${file} cannot be read`)
    return readToml(file, text)
  })

/** Reads the options that are not about a server. */
const readOptions = (sources: ReadonlyArray<Source>) => {
  const one = <A, B>(name: OptionName, parse: values.Parse<A>, fallback: B): Effect.Effect<A | B, string> => {
    const found = lookUp(sources, name)
    const text = found?.values.at(-1)
    return found === undefined || text === undefined ? Effect.succeed(fallback) : values.named(found.shown, parse(text))
  }
  const jobTypes = lookUp(sources, "job-types")
  return {
    concurrency: one("concurrency", values.positive, undefined),
    jobTypes:
      jobTypes === undefined
        ? Effect.succeed(undefined)
        : Effect.forEach(
            jobTypes.values.flatMap((text) => text.split(",")),
            (text) => values.named(jobTypes.shown, values.jobType(jobTypeNames)(text.trim()))
          ),
    workDirectory: one("work-directory", values.text, join(homedir(), ".runner-connector-runner")),
    encoder: one("encoder", values.encoder, "libx264" as const),
    encoderDevice: one("encoder-device", values.text, undefined),
    transcriber: one("transcriber", parseTranscriber, undefined),
    progressInterval: one("progress-interval", values.duration, Duration.minutes(1)),
    drainTimeout: one("drain-timeout", values.duration, Duration.minutes(10)),
    logLevel: one("log-level", values.logLevel, LogLevel.Info),
    logFormat: one("log-format", values.logFormat, "text" as const)
  }
}

/** A type that is requested without its program would never be done. */
const lacksTranscriber = ({ jobTypes, transcriber }: Pick<ProgramSettings, "jobTypes" | "transcriber">): boolean =>
  jobTypes?.includes(VIDEO_TRANSCRIPTION) === true && transcriber === undefined

/** Reads the settings from the command line, the environment and the file. Fails with all problems of all of them. */
export const readSettings = (
  commandLine: CommandLine,
  env: Environment
): Effect.Effect<ProgramSettings, InvalidSettings, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const own = [commandLine, readEnvironment(env)]
    const file = yield* Effect.either(readFile(own))
    const toml = file._tag === "Right" ? file.right : undefined
    const sources = toml === undefined ? own : [...own, toml]
    const names = [...sources.flatMap(({ problems }) => problems), ...(file._tag === "Left" ? [file.left] : [])]
    const read = yield* Effect.either(
      Effect.all({ servers: readServers(sources, toml), ...readOptions(sources) }, { mode: "validate" })
    )
    const invalid = read._tag === "Left" ? Arr.getSomes(Object.values(read.left)) : []
    const missing =
      read._tag === "Right" && lacksTranscriber(read.right)
        ? [`--job-types: ${VIDEO_TRANSCRIPTION} needs --transcriber`]
        : []
    const problems = [...names, ...invalid, ...missing]
    if (read._tag === "Right" && problems.length === 0) return read.right
    return yield* new InvalidSettings({ problems: problems as [string, ...Array<string>] })
  })
