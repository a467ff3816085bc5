import { Array as Arr, Effect, Option, Stream } from "effect"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError } from "../UploadedFile.ts"
import { boxesOf, type FileBox, type Source } from "./boxes.ts"
import type { Survey } from "./survey.ts"

type Bytes = Stream.Stream<Uint8Array, UploadError>

/** Indexes wait for the fragment that follows them. */
interface State {
  readonly indexes: ReadonlyArray<Uint8Array>
}

/** A fragment and the indexes before it, with their times shifted. */
const shifted = (indexes: ReadonlyArray<Uint8Array>, bytes: Uint8Array, movie: Mp4.Movie, fold: Mp4.EditFold) =>
  Effect.gen(function* () {
    const fragment = yield* Mp4.readFragment(bytes, movie)
    const before = yield* Effect.forEach(indexes, (index) =>
      Effect.map(Mp4.patchIndex(index, fragment, fold), (patches) => Mp4.apply(index, patches))
    )
    return [...before, Mp4.apply(bytes, yield* Mp4.patchFragment(fragment, fold))]
  })

/** An index at the very end is followed by no box: an empty one lets it out. */
const atEnd = ({ size }: Source): FileBox => ({ type: "", start: size, body: size, end: size, bytes: Option.none() })

/**
 * The file with its edit lists turned into free space and their effect in the times of its fragments. It has as many
 * bytes as before, and every box stays where it is. Memory holds one description at a time, whatever the file's size.
 */
export const folded = (
  file: Source,
  { movie }: Survey,
  fold: Mp4.EditFold
): Stream.Stream<Uint8Array, UploadError | Mp4.MalformedMp4> => {
  const step = ({ indexes }: State, { bytes, end, start, type }: FileBox) =>
    Effect.gen(function* () {
      const next: State = { indexes: [] }
      if (Option.isNone(bytes)) {
        return [next, Stream.concat(Stream.fromIterable(indexes), file.read({ start, end: end - 1 })) as Bytes] as const
      }
      if (type === "sidx") return [{ indexes: Arr.append(indexes, bytes.value) }, Stream.empty as Bytes] as const
      const written =
        type === "moof"
          ? yield* shifted(indexes, bytes.value, movie, fold)
          : [...indexes, Mp4.apply(bytes.value, Mp4.patchMovie(movie))]
      return [next, Stream.fromIterable(written) as Bytes] as const
    })
  return boxesOf(file).pipe(
    Stream.concat(Stream.make(atEnd(file))),
    Stream.mapAccumEffect({ indexes: [] } as State, step),
    Stream.flatten()
  )
}
