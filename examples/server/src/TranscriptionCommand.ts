import type { LocalRunner } from "@runner-connector/local-runner"
import { Array as Arr, Config, ConfigError, Either, Option } from "effect"

const NAME = "LOCAL_RUNNER_TRANSCRIPTION"

/** A word without blanks, or with quoted parts. A backslash has no special meaning, because Windows paths contain it. */
const word = /(?:[^\s"']|"[^"]*"|'[^']*')+/g

const withoutQuotes = (text: string): string => text.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2")

const refused = (why: string) => Either.left(ConfigError.InvalidData([NAME], why))

const places = ["{input}", "{outputDirectory}"]

const transcriberOf = (line: string): Either.Either<LocalRunner.Transcriber, ConfigError.ConfigError> => {
  if (line.replaceAll(word, "").trim() !== "") return refused("expected every quote to be closed")
  const words = Arr.map(line.match(word) ?? [], withoutQuotes)
  const [command, ...args] = words
  if (command === undefined || command === "") return refused("expected a program and its arguments")
  const missing = places.find((place) => !args.some((arg) => arg.includes(place)))
  return missing === undefined ? Either.right({ command, args }) : refused(`expected ${missing} among the arguments`)
}

/** The transcription program from its command line. An empty one counts as unset. */
export const transcription: Config.Config<Option.Option<LocalRunner.Transcriber>> = Config.option(
  Config.string(NAME)
).pipe(
  Config.mapOrFail((line) =>
    Option.match(
      Option.filter(line, (text) => text.trim() !== ""),
      {
        onNone: () => Either.right(Option.none()),
        onSome: (text) => Either.map(transcriberOf(text), Option.some)
      }
    )
  )
)
