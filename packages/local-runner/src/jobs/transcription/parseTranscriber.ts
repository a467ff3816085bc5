import { Array as Arr, Either } from "effect"
import type { Transcriber } from "./Transcriber.ts"

/** A word without blanks, or with quoted parts. A backslash has no special meaning, because Windows paths contain it. */
const word = /(?:[^\s"']|"[^"]*"|'[^']*')+/g

const withoutQuotes = (text: string): string => text.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2")

const places = ["{input}", "{outputDirectory}"]

/** Parses the command line of a transcription program. Words with blanks are quoted. Fails with what is missing. */
export const parseTranscriber = (line: string): Either.Either<Transcriber, string> => {
  if (line.replaceAll(word, "").trim() !== "") return Either.left("expected every quote to be closed")
  const [command, ...args] = Arr.map(line.match(word) ?? [], withoutQuotes)
  if (command === undefined || command === "") return Either.left("expected a program and its arguments")
  const missing = places.find((place) => !args.some((arg) => arg.includes(place)))
  return missing === undefined
    ? Either.right({ command, args })
    : Either.left(`expected ${missing} among the arguments`)
}
