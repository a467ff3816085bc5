import { Array as Arr, Effect, Option, Stream } from "effect"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError } from "../UploadedFile.ts"
import { boxesOf, type FileBox, type Source } from "./boxes.ts"
import type { Survey } from "./survey.ts"

/** An index box at a position of the file. */
interface Index {
  readonly start: number
  readonly bytes: Uint8Array
}

/** Patches of a box as patches of the file. */
export const inFile = (start: number, patches: ReadonlyArray<Mp4.Patch>): ReadonlyArray<Mp4.Patch> =>
  patches.map(({ at, bytes }) => ({ at: start + at, bytes }))

/** Shifts the times of a fragment and of the indexes before it. */
const shifted = (indexes: ReadonlyArray<Index>, { bytes, start }: Index, movie: Mp4.Movie, fold: Mp4.EditFold) =>
  Effect.gen(function* () {
    const fragment = yield* Mp4.readFragment(bytes, movie)
    const before = yield* Effect.forEach(indexes, (index) =>
      Effect.map(Mp4.patchIndex(index.bytes, fragment, fold), (patches) => inFile(index.start, patches))
    )
    return [...before.flat(), ...inFile(start, yield* Mp4.patchFragment(fragment, fold))]
  })

/**
 * The changes that turn the edit lists of a file into free space and put their effect into the times of its fragments. The
 * file keeps its size, and every box its place. Memory holds one description at a time, whatever the file's size.
 */
export const editsOf = (
  file: Source,
  { movie }: Survey,
  fold: Mp4.EditFold
): Stream.Stream<Mp4.Patch, UploadError | Mp4.MalformedMp4> => {
  // Indexes wait for the fragment that follows them.
  const step = (indexes: ReadonlyArray<Index>, { bytes, start, type }: FileBox) =>
    Effect.gen(function* () {
      if (Option.isNone(bytes)) return [[], []] as const
      const box = { start, bytes: bytes.value }
      if (type === "sidx") return [Arr.append(indexes, box), []] as const
      if (type === "moof") return [[], yield* shifted(indexes, box, movie, fold)] as const
      return [[], inFile(start, Mp4.patchMovie(movie))] as const
    })
  return boxesOf(file).pipe(
    Stream.mapAccumEffect([] as ReadonlyArray<Index>, step),
    Stream.mapConcat((patches) => patches)
  )
}
