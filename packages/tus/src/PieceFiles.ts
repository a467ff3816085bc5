import { FileStorage, Ids, UploadStore } from "@runner-connector/core"
import { DateTime, Effect, Option, Runtime, Schema } from "effect"
import { FOLDER, type PartialFiles, textsOf } from "./PartialFiles.ts"
import * as PieceNotes from "./PieceNotes.ts"
import { PieceStore } from "./PieceStore.ts"
import * as Pieces from "./Pieces.ts"

const decodeId = Schema.decodeOption(Ids.VideoId)

/** The ids of recorded uploads. An upload that has ended is listed as long as its record is. */
const makeAll = Effect.map(UploadStore.UploadStore, ({ listSilent }): PartialFiles["all"] =>
  Effect.gen(function* () {
    // The last sign of life of a reserved upload lies in the future.
    const all = yield* listSilent(DateTime.add(yield* DateTime.now, { years: 1 }))
    return all.flatMap(({ key }) => {
      const [folder, id = ""] = key.split("/")
      return folder === FOLDER ? Option.toArray(Option.filter(decodeId(id), () => key === PieceNotes.keyOf(id))) : []
    })
  })
)

/** An upload without pieces may be new, or its complete file is in its place already. */
const makeFind = (notes: PieceNotes.PieceNotes, pieces: Pieces.Pieces) =>
  Effect.map(FileStorage.FileStorage, ({ stat }): PartialFiles["find"] => {
    const isDelivered = (id: Ids.VideoId) =>
      stat(PieceNotes.keyOf(id)).pipe(
        Effect.as(true),
        Effect.catchTag("FileNotFound", () => Effect.succeed(false))
      )
    return (id) =>
      Effect.gen(function* () {
        const note = yield* notes.find(id)
        if (Option.isNone(note)) return Option.none()
        const key = PieceNotes.keyOf(id)
        const received = yield* pieces.received(key)
        const isGone = received === 0 && (yield* isDelivered(id))
        const { metadata = {}, size } = note.value
        return Option.some({ id, key, size, metadata: textsOf(metadata), received: isGone ? undefined : received })
      })
  })

/**
 * The files of unfinished uploads as pieces in the storage, so that every server continues them. Complete ones are copied to
 * their place by a server.
 */
export const inStorage = (
  pieceSize = Pieces.PIECE_SIZE
): Effect.Effect<PartialFiles, never, FileStorage.FileStorage | UploadStore.UploadStore> =>
  Effect.gen(function* () {
    const pieces = yield* Pieces.inStorage(pieceSize)
    const notes = yield* PieceNotes.inStorage
    const run = Runtime.runPromise(yield* Effect.runtime<never>())

    return {
      store: new PieceStore(pieces, notes, run),
      nameOf: (id) => id,
      idOf: decodeId,
      keyOf: PieceNotes.keyOf,
      keyOfBegun: (id) =>
        Effect.map(
          notes.find(id),
          Option.map(() => PieceNotes.keyOf(id))
        ),
      find: yield* makeFind(notes, pieces),
      all: yield* makeAll,
      deliver: ({ key, size = 0 }, contentType) =>
        Effect.zipRight(pieces.join(key, size, contentType), pieces.remove(key)),
      forget: (id) => pieces.removeAll(PieceNotes.keyOf(id))
    }
  })
