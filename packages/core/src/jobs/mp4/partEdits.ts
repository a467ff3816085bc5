import { Effect, Option, Stream } from "effect"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError } from "../UploadedFile.ts"
import { boxesOf, bytesAt, type FileBox, type Source } from "./boxes.ts"
import { inFile } from "./edits.ts"
import type { Survey } from "./survey.ts"

/** How the result of a chunk becomes a part that can follow any other one. */
export interface PartEdits {
  readonly fold: Mp4.EditFold
  /** Number of the first fragment. */
  readonly sequence: number
  /** None: the timescale stays. */
  readonly rescale: Option.Option<Mp4.Rescale>
  /** The parameter sets that each fragment contains for decoders that know only the header of another part. */
  readonly parameterSets: Option.Option<Uint8Array>
}

/** A fragment that waits for its media. */
interface Waiting {
  readonly start: number
  readonly bytes: Uint8Array
}

interface State {
  /** The indexes before the next fragment, as free space. */
  readonly indexes: ReadonlyArray<Mp4.Patch>
  readonly fragment: Option.Option<Waiting>
  /** Number of the next fragment. */
  readonly sequence: number
}

/** The header of the file without edit lists, in its timescale. */
export const patchedHeader = ({ header, movie }: Survey, { rescale }: Pick<PartEdits, "rescale">) =>
  Effect.map(
    Option.match(rescale, { onNone: () => Effect.succeed([]), onSome: ({ to }) => Mp4.patchTimescale(header, to) }),
    (patches) => [...Mp4.patchMovie(movie), ...patches]
  )

/** A `moof` box with its number, and with its times in the film. */
const placed = (bytes: Uint8Array, { movie }: Survey, { fold, rescale }: PartEdits, sequence: number) =>
  Effect.gen(function* () {
    const fragment = yield* Mp4.readFragment(bytes, movie)
    const patches = [...Mp4.patchSequence(fragment, sequence), ...(yield* Mp4.patchFragment(fragment, fold))]
    const shifted = Mp4.applied(bytes, patches)
    return yield* Option.match(rescale, {
      onNone: () => Effect.succeed(shifted),
      onSome: (found) => Mp4.rescaled(shifted, found)
    })
  })

/** Puts the parameter sets into a fragment, in the place of its index. Indexes become free space elsewhere. */
const withSets = (file: Source, { indexes, fragment }: State, mdat: FileBox, { parameterSets }: PartEdits) =>
  Effect.gen(function* () {
    if (Option.isNone(fragment)) return []
    const { bytes: moof, start: moofStart } = fragment.value
    const plain = [...indexes, { at: moofStart, bytes: moof }]
    const start = indexes[0]?.at ?? moofStart
    if (Option.isNone(parameterSets) || moofStart + moof.length !== mdat.start) return plain
    const length = Math.min(mdat.end - mdat.start, mdat.body - mdat.start + Mp4.FIRST_BYTES)
    const mdatBytes = yield* bytesAt(file, mdat.start, length)
    const bytes = yield* Mp4.inlined({ start, moof, moofStart, mdat, mdatBytes }, parameterSets.value)
    return Option.match(bytes, { onNone: () => plain, onSome: (found) => [{ at: start, bytes: found }] })
  })

/**
 * The changes that turn a result into a part: no edit lists, numbers and times of the film, and parameter sets in each
 * fragment. The file keeps its size, and every segment its place. Memory holds one description at a time.
 */
export const partEditsOf = (
  file: Source,
  survey: Survey,
  edits: PartEdits
): Stream.Stream<Mp4.Patch, UploadError | Mp4.MalformedMp4> => {
  const step = (state: State, box: FileBox) =>
    Effect.gen(function* () {
      const { start, type } = box
      const bytes = Option.getOrUndefined(box.bytes)
      if (type === "sidx" && bytes !== undefined) {
        const index = { at: start, bytes: Mp4.applied(bytes, [Mp4.free(0)]) }
        return [{ ...state, indexes: [...state.indexes, index] }, []] as const
      }
      if (type === "moof" && bytes !== undefined) {
        const fragment = { start, bytes: yield* placed(bytes, survey, edits, state.sequence) }
        return [{ ...state, fragment: Option.some(fragment), sequence: state.sequence + 1 }, []] as const
      }
      const next: State = { ...state, indexes: [], fragment: Option.none() }
      if (type === "moov") return [next, inFile(start, yield* patchedHeader(survey, edits))] as const
      return [next, yield* withSets(file, state, box, edits)] as const
    })
  return boxesOf(file).pipe(
    Stream.mapAccumEffect({ indexes: [], fragment: Option.none(), sequence: edits.sequence } as State, step),
    Stream.mapConcat((patches) => patches)
  )
}
