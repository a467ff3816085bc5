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

/** Indexes wait for the fragment that follows them. */
interface State {
  readonly indexes: ReadonlyArray<Index>
  /** Number of the next fragment. */
  readonly sequence: number
}

/** What becomes of the times and numbers of a file's fragments. */
export interface Edits {
  readonly fold: Mp4.EditFold
  /** Number of the first fragment. None: the numbers stay. */
  readonly sequence?: number | undefined
}

/** Patches of a box as patches of the file. */
const inFile = (start: number, patches: ReadonlyArray<Mp4.Patch>): ReadonlyArray<Mp4.Patch> =>
  patches.map(({ at, bytes }) => ({ at: start + at, bytes }))

/** Shifts the times of a fragment and of the indexes before it. */
const shifted = (
  { indexes, sequence }: State,
  { bytes, start }: { readonly start: number; readonly bytes: Uint8Array },
  movie: Mp4.Movie,
  edits: Edits
) =>
  Effect.gen(function* () {
    const fragment = yield* Mp4.readFragment(bytes, movie)
    const before = yield* Effect.forEach(indexes, (index) =>
      Effect.map(Mp4.patchIndex(index.bytes, fragment, edits.fold), (patches) => inFile(index.start, patches))
    )
    const numbers = edits.sequence === undefined ? [] : Mp4.patchSequence(fragment, sequence)
    return [...before.flat(), ...inFile(start, [...numbers, ...(yield* Mp4.patchFragment(fragment, edits.fold))])]
  })

/**
 * The changes that turn the edit lists of a file into free space and put their effect into the times of its fragments. The
 * file keeps its size, and every box its place. Memory holds one description at a time, whatever the file's size.
 */
export const editsOf = (
  file: Source,
  { movie }: Survey,
  edits: Edits
): Stream.Stream<Mp4.Patch, UploadError | Mp4.MalformedMp4> => {
  const step = (state: State, { bytes, start, type }: FileBox) =>
    Effect.gen(function* () {
      const next: State = { indexes: [], sequence: state.sequence + (type === "moof" ? 1 : 0) }
      if (Option.isNone(bytes)) return [next, []] as const
      const box = { start, bytes: bytes.value }
      if (type === "sidx") return [{ ...state, indexes: Arr.append(state.indexes, box) }, []] as const
      if (type === "moof") return [next, yield* shifted(state, box, movie, edits)] as const
      return [next, inFile(start, Mp4.patchMovie(movie))] as const
    })
  return boxesOf(file).pipe(
    Stream.mapAccumEffect({ indexes: [], sequence: edits.sequence ?? 0 } as State, step),
    Stream.mapConcat((patches) => patches)
  )
}
