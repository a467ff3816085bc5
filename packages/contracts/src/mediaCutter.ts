import { access, readFile } from "node:fs/promises"
import { assert, layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { CannotCut, ChunkPlan, FileStorage, HlsPlaylist, MediaCutter, type MediaProbe } from "@runner-connector/core"
import { Chunk, Effect, Exit, type Layer, Option, Scope, Stream } from "effect"
import { bytesFile, serveRanges } from "./mediaProbe/rangeServer.ts"

/** A film of at least ten seconds with a cut point every two seconds or more often, and with audio. */
export interface CutSample extends MediaCutter.CutInput {
  readonly pictures: number
  /** Seconds. */
  readonly duration: number
  /** Number of the audio track. */
  readonly audio: number
}

const lengths = { duration: 15, minDuration: 0 }

type Failure = CannotCut | MediaProbe.ProbeError

const planOf = (sample: CutSample) =>
  Effect.gen(function* () {
    const { examine } = yield* MediaCutter.MediaCutter
    return yield* ChunkPlan.planChunks(yield* examine(sample), lengths)
  })

/** The chunks from an index on, each looked at while the stream is open. */
const cut = <A, E, R>(sample: CutSample, from: number, look: (chunk: MediaCutter.CutChunk) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const cutter = yield* MediaCutter.MediaCutter
    const stream = cutter.cut(sample, { plan: yield* planOf(sample), from })
    return Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.mapEffect(stream, look)))
  })

/**
 * Contract of every MediaCutter that can cut. `makeSample` gives a film on the adapter's disk until the scope ends. An
 * adapter's test calls this.
 */
export const mediaCutterContract = <R, E>(
  name: string,
  layer: Layer.Layer<MediaCutter.MediaCutter | R, E>,
  makeSample: Effect.Effect<CutSample, never, Scope.Scope | R>,
  /** Returns whether a path exists on the adapter's disk. */
  isThere: (path: string) => Effect.Effect<boolean, never, R> = onDisk
): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`MediaCutter: ${name}`, (it) => {
    const reasonOf = (failed: Effect.Effect<unknown, Failure, MediaCutter.MediaCutter>) =>
      Effect.map(Effect.flip(failed), (error) => (error instanceof CannotCut ? error.reason : error._tag))

    it.scoped("counts the pictures of a track and finds its cut points", () =>
      Effect.gen(function* () {
        const sample = yield* makeSample
        const found = yield* Effect.flatMap(MediaCutter.MediaCutter, ({ examine }) => examine(sample))
        assert.strictEqual(found.pictures, sample.pictures)
        assert.closeTo(found.duration, sample.duration, 0.01)
        assert.isAtLeast(found.points.length, 4)
        assert.isTrue(found.points.every(({ picture, start }) => picture > 0 && start > 0 && start < sample.duration))
      })
    )

    it.scoped("puts each picture into one chunk, in order, and deletes the files with the stream", () =>
      Effect.gen(function* () {
        const sample = yield* makeSample
        const chunks = yield* cut(sample, 0, (chunk) =>
          Effect.map(isThere(chunk.path), (exists) => ({ ...chunk, exists }))
        )
        assert.isAtLeast(chunks.length, 2)
        assert.isTrue(chunks.every(({ exists, size }) => exists && size > 0))
        deepStrictEqual(
          chunks.map(({ index }) => index),
          [...chunks.keys()]
        )
        assert.strictEqual(
          chunks.reduce((sum, { pictures }) => sum + pictures, 0),
          sample.pictures
        )
        for (const { path } of chunks) assert.isFalse(yield* isThere(path))
      })
    )

    it.scoped("cuts the first chunk before it has read the rest, as the whole plan does", () =>
      Effect.gen(function* () {
        const sample = yield* makeSample
        const cutter = yield* MediaCutter.MediaCutter
        const lead = yield* cutter.examine(sample, ChunkPlan.leadOf(lengths))
        assert.strictEqual(lead.duration < sample.duration - 0.01, !lead.isWhole)
        assert.isTrue((yield* cutter.examine(sample)).isWhole)
        const first = Option.getOrThrow(ChunkPlan.firstChunk(lead, lengths))
        const plan = yield* planOf(sample)
        deepStrictEqual(plan[0], first)
        const sizes = (order: MediaCutter.CutOrder) =>
          Effect.map(Stream.runCollect(Stream.map(cutter.cut(sample, order), ({ size }) => size)), Chunk.toArray)
        const all = yield* sizes({ plan, from: 0 })
        deepStrictEqual(yield* sizes({ plan: [first], from: 0, isBeginning: true }), all.slice(0, 1))
      })
    )

    it.scoped("continues with any chunk", () =>
      Effect.gen(function* () {
        const sample = yield* makeSample
        const sizes = (from: number) => cut(sample, from, ({ index, size }) => Effect.succeed({ index, size }))
        const all = yield* sizes(0)
        deepStrictEqual(yield* sizes(1), all.slice(1))
        deepStrictEqual(yield* sizes(all.length - 1), all.slice(-1))
        deepStrictEqual(yield* sizes(all.length), [])
      })
    )

    it.scoped("deletes the files when the rest is not wanted any more", () =>
      Effect.gen(function* () {
        const sample = yield* makeSample
        const cutter = yield* MediaCutter.MediaCutter
        const stream = cutter.cut(sample, { plan: yield* planOf(sample), from: 0 })
        const [first] = Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(stream, 1)))
        assert.strictEqual(first?.index, 0)
        assert.isFalse(yield* isThere(first?.path ?? ""))
      })
    )

    it.scoped("copies the audio into a file and deletes it with the scope", () =>
      Effect.gen(function* () {
        const { audio, path } = yield* makeSample
        const cutter = yield* MediaCutter.MediaCutter
        const scope = yield* Scope.make()
        const source = FileStorage.MediaSource.Path({ path })
        const copying = cutter.audio({ source, tracks: [audio], start: 0, origin: 0 })
        const file = yield* Scope.extend(copying, scope)
        assert.isAbove(file.size, 0)
        assert.isTrue(yield* isThere(file.path))
        yield* Scope.close(scope, Exit.void)
        assert.isFalse(yield* isThere(file.path))
      })
    )

    it.scoped("copies the audio into a rendition and deletes it with the scope", () =>
      Effect.gen(function* () {
        const { audio, duration, path } = yield* makeSample
        const cutter = yield* MediaCutter.MediaCutter
        const scope = yield* Scope.make()
        const source = FileStorage.MediaSource.Path({ path })
        const copying = cutter.audioRendition({ source, tracks: [audio], start: 0, origin: -0.125 })
        const made = yield* Scope.extend(copying, scope)
        const name = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-0-fragmented\\.mp4"
        assert.match(made.playlist, new RegExp(`^#EXTM3U\n[^]*#EXT-X-MAP:URI="${name}"[^]*\n#EXT-X-ENDLIST\n$`))
        const seconds = HlsPlaylist.segmentSeconds(made.playlist).reduce((sum, one) => sum + one, 0)
        assert.closeTo(seconds, duration, 0.1)
        const last = HlsPlaylist.segmentRanges(made.playlist).at(-1)?.last ?? assert.fail()
        assert.isBelow(last, made.size)
        const bytes = yield* Stream.runFold(made.read({ start: 1, end: last }), 0, (sum, { length }) => sum + length)
        assert.strictEqual(bytes, last)
        yield* Scope.close(scope, Exit.void)
        assert.isFalse(yield* isThere(made.path))
      })
    )

    it.scoped("uses local files where they are", () =>
      Effect.gen(function* () {
        const { path } = yield* makeSample
        const cutter = yield* MediaCutter.MediaCutter
        assert.strictEqual(yield* cutter.local(FileStorage.MediaSource.Path({ path })), path)
        assert.isTrue(yield* isThere(path))
      })
    )

    it.scoped("refuses unknown codecs and tracks that are not there", () =>
      Effect.gen(function* () {
        const sample = yield* makeSample
        const cutter = yield* MediaCutter.MediaCutter
        const plan = yield* planOf(sample)
        assert.strictEqual(yield* reasonOf(cutter.examine({ ...sample, codec: "theora" })), "codec")
        assert.strictEqual(yield* reasonOf(cutter.examine({ ...sample, track: 7 })), "container")
        const missing = Stream.runDrain(cutter.cut({ ...sample, track: 7 }, { plan, from: 0 }))
        assert.strictEqual(yield* reasonOf(missing), "container")
      })
    )
  })

const onDisk = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    access(path).then(
      () => true,
      () => false
    )
  )

/** Contract of a MediaCutter that reads sources from other machines. */
export const remoteMediaCutterContract = <E>(name: string, layer: Layer.Layer<MediaCutter.MediaCutter, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`MediaCutter: ${name}, remote`, (it) => {
    const bytes = Uint8Array.from({ length: 20_000_000 }, (_, at) => at % 251)
    const local = (url: URL) =>
      Effect.flatMap(MediaCutter.MediaCutter, (cutter) => cutter.local(FileStorage.MediaSource.Url({ url })))

    it.effect("copies a file to the local disk until the scope ends", () =>
      Effect.gen(function* () {
        const copied = yield* Effect.scoped(
          Effect.gen(function* () {
            const server = yield* serveRanges({ "/film.mp4": bytesFile(bytes) })
            const path = yield* local(server.url("/film.mp4"))
            assert.isTrue(Buffer.from(bytes).equals(yield* Effect.promise(() => readFile(path))))
            assert.isBelow(server.sent(), 1.5 * bytes.length)
            return path
          })
        )
        assert.isFalse(yield* onDisk(copied))
      })
    )

    it.scoped("fails if the server refuses the file", () =>
      Effect.gen(function* () {
        const server = yield* serveRanges({ "/secret.mp4": { status: 403 } })
        assert.strictEqual((yield* Effect.flip(local(server.url("/secret.mp4")))).name, "ProbeError")
      })
    )
  })
