import { Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import { FileStorage } from "@runner-connector/core"
import { Console, Context, Effect, Layer, Ref, Schedule } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { copyFiles, nothing, type Progress } from "../copy/copyFiles.ts"
import { openJournal } from "../copy/Journal.ts"
import { type Location, locationOf } from "../copy/Location.ts"
import { dataDir } from "../installation/Installation.ts"
import { json, printResult } from "../output.ts"
import { Refusal } from "../Refusal.ts"

const JOURNAL = "storage-copy.jsonl"

const openTarget = (location: Location) =>
  Effect.map(Layer.build(location.layer), (context) => ({
    name: location.name,
    storage: Context.get(context, FileStorage.FileStorage)
  }))

/** The journal of this installation. Creates the data folder if it is missing. */
export const openCopyJournal = Effect.gen(function* () {
  const folder = yield* dataDir
  yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeDirectory(folder, { recursive: true }))
  return yield* openJournal((yield* Path.Path).join(folder, JOURNAL))
})

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`

const sentenceOf = ({ bytes, copied, failed, gone, present }: Progress): string =>
  [
    `${copied} copied (${mebibytes(bytes)})`,
    `${present} copied before`,
    ...(gone === 0 ? [] : [`${gone} deleted meanwhile`]),
    `${failed} failed`
  ].join(", ")

/** Prints the progress every five seconds, on stderr. */
const showing = (progress: Ref.Ref<Progress>) =>
  Effect.flatMap(Ref.get(progress), (now) => Console.error(`${sentenceOf(now)} …`)).pipe(
    Effect.schedule(Schedule.spaced("5 seconds")),
    Effect.forkScoped
  )

const location = (name: string, description: string) =>
  Options.text(name).pipe(Options.withDescription(`${description}: folder:PATH or s3:BUCKET/PREFIX`))

const copy = Command.make(
  "copy",
  { from: location("from", "The storage with the files"), to: location("to", "The storage that gets them"), json },
  ({ from, json, to }) =>
    Effect.gen(function* () {
      const [source, target] = [yield* locationOf(from), yield* locationOf(to)]
      if (source.name === target.name) return yield* new Refusal({ message: "--from and --to are the same storage." })
      yield* source.check
      const journal = yield* openCopyJournal
      const progress = yield* Ref.make(nothing)
      yield* showing(progress)
      yield* copyFiles(source.files, {
        from: { name: source.name, storage: yield* source.reader },
        to: yield* openTarget(target),
        journal,
        progress,
        report: (key, { message }) => Console.error(`${key}: ${message}`)
      })
      const end = yield* Ref.get(progress)
      yield* printResult(json, end, sentenceOf(end))
      if (end.failed > 0) {
        return yield* new Refusal({ message: `${end.failed} files were not copied. Run the command again.` })
      }
    }).pipe(Effect.scoped)
).pipe(Command.withDescription("Copies all files between a folder and a bucket, and verifies each copy"))

export const storageCommand: CommandOf<"storage", FileSystem.FileSystem | Path.Path> = Command.make("storage").pipe(
  Command.withDescription("The stored files"),
  Command.withSubcommands([copy])
)
