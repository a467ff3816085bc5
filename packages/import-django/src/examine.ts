import { type FileNames, type FileStorage, MediaProbe } from "@runner-connector/core"
import { Effect, Either, Option } from "effect"
import { type DjangoMedia, findFirst } from "./DjangoMedia.ts"
import type { FileRow } from "./database/tables.ts"
import { type FoundFile, roleOf, storedReport } from "./mapping/file.ts"
import { candidates, isIn, playlistCandidates } from "./mapping/place.ts"

interface Given {
  readonly media: DjangoMedia
  readonly place: FileNames.Place
  /** Runners will work on the video, so the facts of its source must be right. */
  readonly isOpen: boolean
}

/** Probes a file. None when it cannot be read as media. */
const probe = ({ original }: DjangoMedia, key: FoundFile["key"]) =>
  Effect.flatMap(MediaProbe.MediaProbe, (probe) => Effect.flatMap(original.source(key), probe.probe)).pipe(
    Effect.scoped,
    Effect.option
  )

/** The report in the row. Without one, and for a source that runners still need, a new one. */
const reportOf = (row: FileRow, key: FoundFile["key"], { isOpen, media }: Given) => {
  const stored = storedReport(row)
  return Option.isSome(stored) && !(isOpen && roleOf(row) === "source")
    ? Effect.succeed(stored)
    : Effect.map(probe(media, key), (found) => Option.orElse(found, () => stored))
}

const findPlaylist = ({ media }: Given, key: FoundFile["key"]) =>
  Effect.map(
    findFirst(media, playlistCandidates(key)),
    Option.map((found) => found.key)
  )

/** The file of a row, or why it cannot be used. */
export const examine = (
  row: FileRow,
  given: Given
): Effect.Effect<Either.Either<FoundFile, string>, FileStorage.FileStorageError, MediaProbe.MediaProbe> =>
  Effect.gen(function* () {
    const role = roleOf(row)
    const found = yield* findFirst(given.media, candidates(row.filename, given.place))
    if (Option.isNone(found)) return Either.left(`its file ${row.filename} is not in the storage`)
    const { key, size } = found.value
    const playlistKey = role === "rendition" ? yield* findPlaylist(given, key) : Option.none()
    if (role === "rendition") {
      if (!isIn(key, given.place)) return Either.left(`its file ${key} is not in the folder of its video`)
      if (Option.isNone(playlistKey)) return Either.left(`the playlist of its file ${key} is not in the storage`)
    }
    return Either.right({ row, role, key, size, playlistKey, report: yield* reportOf(row, key, given) })
  })
