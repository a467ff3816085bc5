import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option, Schema } from "effect"
import { JobFailed } from "../JobType.ts"

/** The output of a transcription command. */
export interface Transcript {
  readonly path: string
  /** A code such as `en` or `pt-BR`. */
  readonly language: string
}

/** The syntax of a language code. The server checks whether the language exists. */
const Language = Schema.String.pipe(Schema.maxLength(35), Schema.pattern(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i))

/**
 * The JSON that programs of the whisper family write in addition to the text. The language is at the top level or in
 * the result.
 */
const Details = Schema.parseJson(
  Schema.Union(
    Schema.Struct({ language: Language }),
    Schema.transform(
      Schema.Struct({ result: Schema.Struct({ language: Language }) }),
      Schema.Struct({ language: Language }),
      {
        decode: ({ result }) => result,
        encode: (result) => ({ result })
      }
    )
  )
)

/** Larger than the JSON for a day of speech. A larger file is not read. */
const MAX_DETAILS = 64 * 1024 * 1024

const failed = (message: string) => new JobFailed({ message })

/**
 * Matches the `en` of `audio.en.vtt`. Some programs keep the extension of their input: `audio.wav.vtt` contains no
 * language.
 */
const languageInName = (name: string): Option.Option<string> =>
  Option.fromNullable(/\.([^.]+)\.vtt$/.exec(name)?.[1]).pipe(
    Option.filter((part) => part.toLowerCase() !== "wav"),
    Option.filter(Schema.is(Language))
  )

const readDetails = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { size } = yield* fs.stat(path)
    if (size > MAX_DETAILS) return Option.none<string>()
    const { language } = yield* Schema.decode(Details)(yield* fs.readFileString(path))
    return Option.some(language)
  }).pipe(Effect.catchTag("ParseError", () => Effect.succeedNone))

const languageInDetails = (directory: string, names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const [name, ...others] = names.filter((candidate) => candidate.endsWith(".json"))
    return name === undefined || others.length > 0 ? Option.none() : yield* readDetails(path.join(directory, name))
  })

/** Finds the text file in the folder and its language. Uses the known language, the file name or the JSON. */
export const find = (
  directory: string,
  known: Option.Option<string>
): Effect.Effect<Transcript, JobFailed | PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const names = yield* fs.readDirectory(directory)
    const [name, ...others] = names.filter((candidate) => candidate.endsWith(".vtt"))
    if (name === undefined) return yield* failed("The transcription command succeeded but created no .vtt file")
    if (others.length > 0) return yield* failed(`The transcription command created ${others.length + 1} .vtt files`)
    const stated = Option.orElse(known, () => languageInName(name))
    const language = Option.isSome(stated) ? stated : yield* languageInDetails(directory, names)
    if (Option.isNone(language)) return yield* failed("The transcription command did not report a language")
    return { path: path.join(directory, name), language: language.value }
  })
