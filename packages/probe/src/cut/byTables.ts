import { setImmediate } from "node:timers/promises"
import { type CannotCut, type ChunkPlan, CutScan, type MediaCutter, Mp4Samples } from "@runner-connector/core"
import { type FfmpegError, InputBytes } from "@runner-connector/ffmpeg"
import { Effect, type Either, Option } from "effect"
import { boxSource } from "../boxSource.ts"
import { unitTypesOf } from "./codecs.ts"
import { isIndependent } from "./independent.ts"

/** Pictures that are examined without a pause. Other work of the process runs in the pauses. */
const AT_ONCE = 20_000

/** The number of pictures that are read at the same time to find the independent ones. */
const CONCURRENCY = 8

/** Each pass assumes that unknown sync samples are independent. More passes are needed only while some are not. */
const MAX_PASSES = 5

/** The known sync samples by their numbers, and whether they are independent. */
type Known = Map<number, boolean>

interface Pass {
  readonly found: Either.Either<ChunkPlan.CutSource, CannotCut>
  /** The unknown samples on which the result depends, by their numbers. */
  readonly unknown: ReadonlyMap<number, Mp4Samples.Sample>
}

/** A getter of a class, because objects with getters of their own are slow to make. */
class Picture implements CutScan.CodedPicture {
  readonly isHidden = false
  readonly dts: number
  readonly pts: number
  readonly duration: number
  readonly #decide: () => boolean
  constructor({ dts, duration, pts }: Mp4Samples.Sample, decide: () => boolean) {
    this.dts = dts
    this.pts = pts
    this.duration = duration
    this.#decide = decide
  }
  get isIndependent(): boolean {
    return this.#decide()
  }
}

const never = (): boolean => false

/** Looks for the cut points. Assumes that unknown sync samples are independent. */
const pass = async ({ samples, track }: Mp4Samples.TrackSamples, known: Known): Promise<Pass> => {
  const scan = CutScan.make(track.timescale)
  const unknown = new Map<number, Mp4Samples.Sample>()
  const decide = (number: number, sample: Mp4Samples.Sample): boolean => {
    if (!known.has(number)) unknown.set(number, sample)
    return known.get(number) ?? true
  }
  let number = 0
  for (const sample of samples()) {
    const at = number++
    scan.add(new Picture(sample, sample.isSync ? () => decide(at, sample) : never))
    if (number % AT_ONCE === 0) await setImmediate()
  }
  return { found: scan.result(), unknown }
}

/** Whether the file holds all samples, and its edit list shows all of them. */
const isWhole = async ({ isShown, samples }: Mp4Samples.TrackSamples, size: number): Promise<boolean> => {
  let number = 0
  for (const one of samples()) {
    if (one.start + one.size > size || !isShown(one, number++)) return false
    if (number % AT_ONCE === 0) await setImmediate()
  }
  return true
}

/**
 * Repeats the pass until its result depends on known samples only. None if a sample cannot be read, or if it takes too
 * long.
 */
const passes = (
  file: InputBytes.InputBytes,
  track: Mp4Samples.TrackSamples,
  codec: string
): Effect.Effect<Option.Option<Pass["found"]>, FfmpegError> =>
  Effect.gen(function* () {
    const types = unitTypesOf(codec)
    const known: Known = new Map()
    for (let count = 0; count < MAX_PASSES; count++) {
      const { found, unknown } = yield* Effect.promise(() => pass(track, known))
      if (types === undefined || unknown.size === 0) return Option.some(found)
      const read = yield* Effect.forEach(
        unknown,
        ([number, sample]) =>
          Effect.map(isIndependent(file, sample, { types, unitLength: track.unitLength }), (is) => ({ number, is })),
        { concurrency: CONCURRENCY }
      )
      for (const { is, number } of read) {
        if (is === undefined) return Option.none()
        known.set(number, is)
      }
      if (read.every(({ is }) => is === true)) return Option.some(found)
    }
    return Option.none()
  })

/**
 * Looks for the cut points of a track by the tables of an MP4 or QuickTime file: reads those and a few bytes of each
 * sync sample. None where FFmpeg may read something else than the tables list.
 */
export const byTables = ({
  codec,
  path,
  track
}: MediaCutter.CutInput): Effect.Effect<Option.Option<ChunkPlan.CutSource>, CannotCut> =>
  Effect.gen(function* () {
    const file = yield* InputBytes.open({ path })
    const samples = yield* Mp4Samples.samplesOf(boxSource(file), { number: track, codec })
    if (Option.isNone(samples)) return Option.none()
    if (!(yield* Effect.promise(() => isWhole(samples.value, file.size)))) return Option.none()
    return yield* passes(file, samples.value, codec)
  }).pipe(
    Effect.scoped,
    Effect.catchAll(() => Effect.succeedNone),
    Effect.flatMap(Effect.transposeOption)
  )
