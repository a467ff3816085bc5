import { FileKey, FileStorage, Upload } from "@runner-connector/core"
import { Effect, type Option, Schema, Stream } from "effect"
import { FOLDER } from "./PartialFiles.ts"

/** What the first requests about an upload say. */
const Note = Schema.Struct({
  size: Schema.optional(Schema.NonNegativeInt),
  metadata: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.NullOr(Schema.String) }))
})
export interface Note extends Schema.Schema.Type<typeof Note> {}

const Text = Schema.parseJson(Note)

type Failure = FileStorage.FileStorageError

/** Keeps notes beside the pieces, where every server finds them by the id alone. */
export interface PieceNotes {
  readonly find: (id: string) => Effect.Effect<Option.Option<Note>, Failure>
  readonly save: (id: string, note: Note) => Effect.Effect<void, Failure>
}

/** Where the complete file will be. The name of the client is a part of the metadata only. */
export const keyOf = (id: string): FileKey.FileKey => FileKey.FileKey.make(`${FOLDER}/${id}/source`)

const placeOf = (id: string) => FileKey.inFolder(Upload.piecesOf(keyOf(id)), "upload.json")

/** Notes in the storage. */
export const inStorage: Effect.Effect<PieceNotes, never, FileStorage.FileStorage> = Effect.map(
  FileStorage.FileStorage,
  ({ read, write }) => ({
    find: (id) =>
      read(placeOf(id)).pipe(
        Stream.decodeText(),
        Stream.mkString,
        Effect.flatMap((text) => Effect.orDie(Schema.decode(Text)(text))),
        Effect.asSome,
        Effect.catchTag("FileNotFound", () => Effect.succeedNone)
      ),
    save: (id, note) =>
      Effect.flatMap(Effect.orDie(Schema.encode(Text)(note)), (text) =>
        write(placeOf(id), Stream.encodeText(Stream.make(text)), { contentType: "application/json" })
      )
  })
)
