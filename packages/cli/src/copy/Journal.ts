import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option, Schema } from "effect"

const Entry = Schema.parseJson(
  Schema.Struct({
    from: Schema.String,
    to: Schema.String,
    key: Schema.String,
    source: Schema.String,
    copy: Schema.String
  })
)
type Entry = typeof Entry.Type

/** The files that earlier runs have copied and verified. */
export interface Journal {
  /** Whether this version of the source was copied to this version of the copy. */
  readonly has: (entry: Entry) => boolean
  readonly add: (entry: Entry) => Effect.Effect<void, PlatformError>
}

const nameOf = ({ copy, from, key, source, to }: Entry): string => JSON.stringify([from, to, key, source, copy])

/** Opens the journal in this file. A line that a killed process left half written is ignored. */
export const openJournal = (file: string): Effect.Effect<Journal, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = (yield* fs.exists(file)) ? yield* fs.readFileString(file) : ""
    const entries = text.split("\n").flatMap((line) => Option.toArray(Schema.decodeOption(Entry)(line)))
    const known = new Set(entries.map(nameOf))
    const encode = Schema.encodeSync(Entry)
    return {
      has: (entry) => known.has(nameOf(entry)),
      add: (entry) => {
        known.add(nameOf(entry))
        // Begins with a line break, because the last line may be half written.
        return fs.writeFileString(file, `\n${encode(entry)}`, { flag: "a", mode: 0o600 })
      }
    }
  })
