import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { CannotCut, type ChunkPlan, type MediaCutter, Mp4Samples } from "@runner-connector/core"
import { Ffmpeg, type FfmpegCommand, FfmpegError, type FfmpegFailed, InputBytes } from "@runner-connector/ffmpeg"
import { type Duration, Effect, Fiber, Mailbox, Queue, Stream } from "effect"
import { boxSource } from "../boxSource.ts"
import { temporaryFolder } from "../temporaryFolder.ts"

const LIST = "chunks.csv"
const PATTERN = "chunk-%06d.mp4"

const nameOf = (number: number): string => PATTERN.replace("%06d", String(number).padStart(6, "0"))

/** Drops the pictures before the first requested one, which is then shown at 0. */
const filters = (first: number): string => {
  const drop = first === 0 ? "" : `noise=drop=lt(n\\,${first}),`
  return `${drop}setts=pts=PTS-STARTPTS:dts=DTS-STARTPTS`
}

/**
 * Chunks begin at numbers of pictures, so that no rounding of timestamps moves a picture to a neighbour. The last number
 * is never reached. Without it FFmpeg would cut a single chunk by time.
 */
const begins = ([first, ...others]: ChunkPlan.ChunkPlan): string => {
  const end = (others.at(-1) ?? first).first + (others.at(-1) ?? first).pictures
  return [...others.map((chunk) => chunk.first), end].map((picture) => picture - first.first).join(",")
}

/** The number of pictures of a plan that ends before the source. Only the first chunks are cut in this way. */
const limit = (wanted: ChunkPlan.ChunkPlan, isBeginning: boolean): ReadonlyArray<string> =>
  isBeginning ? ["-frames:v", String(wanted.reduce((sum, { pictures }) => sum + pictures, 0))] : []

const cutting = ({ input: { track }, isBeginning, wanted }: Cut): ReadonlyArray<string> => [
  ...limit(wanted, isBeginning),
  ...["-map", `0:${track}`, "-c", "copy", "-copyinkf", "-map_metadata", "-1", "-map_chapters", "-1"],
  ...["-avoid_negative_ts", "disabled", "-bsf:v", filters(wanted[0].first)],
  ...["-f", "segment", "-segment_format", "mp4", "-segment_frames", begins(wanted), "-reset_timestamps", "1"]
]

const fileError = (cause: unknown) => new FfmpegError({ program: "ffmpeg", reason: "crash", cause })

/** The number of chunks in the list. FFmpeg adds a line when it has finished a file. */
const finished = (folder: string): Effect.Effect<number, FfmpegError> =>
  Effect.tryPromise({
    try: () => readFile(join(folder, LIST), "utf8"),
    catch: fileError
  }).pipe(
    Effect.map((text) => text.split("\n").length - 1),
    Effect.catchIf(
      ({ cause }) => (cause as NodeJS.ErrnoException).code === "ENOENT",
      () => Effect.succeed(0)
    )
  )

/** The coded pictures of a chunk, by its index. */
const countIn = (path: string) =>
  Effect.gen(function* () {
    const file = yield* InputBytes.open({ path })
    return yield* Mp4Samples.countSamples(boxSource(file), 0)
  }).pipe(
    Effect.scoped,
    Effect.catchTags({
      MalformedMp4: () => new CannotCut({ reason: "counts" }),
      UploadError: ({ cause }) => fileError(cause)
    })
  )

const checked = (chunk: ChunkPlan.PlannedChunk, path: string) =>
  Effect.gen(function* () {
    if ((yield* countIn(path)) !== chunk.pictures) return yield* new CannotCut({ reason: "counts" })
    const { size } = yield* Effect.tryPromise({ try: () => stat(path), catch: fileError })
    return { ...chunk, path, size }
  })

type Failure = CannotCut | FfmpegFailed | FfmpegError

interface Cut {
  readonly input: MediaCutter.CutInput
  readonly wanted: ChunkPlan.ChunkPlan
  readonly isBeginning: boolean
  readonly outputDirectory: string
  readonly timeout: Duration.DurationInput
}

const command = (cut: Cut, onProgress: Effect.Effect<unknown>): FfmpegCommand => ({
  ...{ outputDirectory: cut.outputDirectory, timeout: cut.timeout, inputs: [{ path: cut.input.path }] },
  onProgress: () => Effect.asVoid(onProgress),
  // Later chunks are not needed until the first one and the audio are made.
  isBackground: !cut.isBeginning,
  arguments: (names) => [
    ...["-stats_period", "0.2", "-copyts", "-i", names.input(0), ...cutting(cut)],
    ...["-segment_list", names.output(LIST), "-segment_list_type", "csv", names.output(PATTERN)]
  ]
})

/** Offers each chunk of a run of FFmpeg once it is finished and counted. */
const run = (
  cut: Cut,
  offer: (chunk: MediaCutter.CutChunk) => Effect.Effect<unknown>
): Effect.Effect<void, Failure, Ffmpeg> =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const looks = yield* Queue.sliding<void>(1)
    let done = 0
    const offerFinished = Effect.gen(function* () {
      const end = yield* finished(cut.outputDirectory)
      for (const chunk of cut.wanted.slice(done, end)) {
        const whole = yield* checked(chunk, join(cut.outputDirectory, nameOf(done)))
        yield* Effect.uninterruptible(
          Effect.zipRight(
            offer(whole),
            Effect.sync(() => done++)
          )
        )
      }
      return end
    })
    const watching = Effect.forever(Effect.zipRight(Queue.take(looks), offerFinished))
    const cutting = yield* Effect.fork(ffmpeg(command(cut, Queue.offer(looks, undefined))))
    // FFmpeg also lists a chunk that it could not finish. Its own failure says why.
    yield* Effect.catchAll(Effect.raceFirst(Fiber.join(cutting), watching), (error) =>
      Effect.zipRight(Fiber.join(cutting), Effect.fail(error))
    )
    if ((yield* offerFinished) !== cut.wanted.length) return yield* new CannotCut({ reason: "counts" })
  })

/** The wanted chunks of a track, each as soon as it is finished. Their files are deleted with the scope of the stream. */
export const segments = (
  input: MediaCutter.CutInput,
  wanted: ChunkPlan.ChunkPlan,
  options: Pick<Cut, "isBeginning" | "timeout">
): Stream.Stream<MediaCutter.CutChunk, Failure, Ffmpeg> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const outputDirectory = yield* temporaryFolder("cut")
      const chunks = yield* Mailbox.make<MediaCutter.CutChunk, Failure>()
      const cut = { input, wanted, outputDirectory, ...options }
      yield* Effect.forkScoped(
        Mailbox.into(
          run(cut, (chunk) => chunks.offer(chunk)),
          chunks
        )
      )
      return Mailbox.toStream(chunks)
    })
  )
