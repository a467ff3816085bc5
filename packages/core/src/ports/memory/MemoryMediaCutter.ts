import { Effect, Layer, Option, Schema, Scope, Stream } from "effect"
import { CannotCut } from "../../domain/chunk/CannotCut.ts"
import type { CutPoint, PlannedChunk } from "../../domain/chunk/ChunkPlan.ts"
import { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { tracksOf } from "../../domain/media/SourceTracks.ts"
import { type CutInput, type Examined, MediaCutter } from "../MediaCutter.ts"
import type { RemuxInput } from "../MediaRemuxer.ts"
import { MemoryDisk } from "./MemoryDisk.ts"

const Report = Schema.parseJson(ProbeReport)

/** Seconds between two cut points. */
const GROUP = 2

/** Pictures a second of a report without a frame rate. */
const USUAL_FPS = 25

const codecs = new Set(["h264", "hevc"])

type Disk = MemoryDisk["Type"]

const refuse = (reason: CannotCut["reason"]) => () => new CannotCut({ reason })

const read = (disk: Disk, path: string) =>
  Option.fromNullable(disk.get(path)).pipe(
    Effect.flatMap((bytes) => Schema.decode(Report)(new TextDecoder().decode(bytes))),
    Effect.mapError(refuse("container"))
  )

const trackOf = (disk: Disk, { path, track }: Pick<CutInput, "path" | "track">) =>
  Effect.flatMap(read(disk, path), (report) =>
    Effect.mapError(Effect.fromNullable(tracksOf(report).find(({ index }) => index === track)), refuse("container"))
  )

const examine = (disk: Disk, input: CutInput, until = Number.POSITIVE_INFINITY): Effect.Effect<Examined, CannotCut> =>
  Effect.gen(function* () {
    if (!codecs.has(input.codec)) return yield* refuse("codec")()
    const track = yield* trackOf(disk, input)
    const fps = Option.getOrElse(track.fps, () => USUAL_FPS)
    const duration = Math.min(until, yield* Effect.mapError(track.duration, refuse("timestamps")))
    const groups = Math.ceil(duration / GROUP)
    const point = (number: number): CutPoint => ({ picture: Math.round(number * GROUP * fps), start: number * GROUP })
    const points = Array.from({ length: Math.max(0, groups - 1) }, (_, at) => point(at + 1))
    return { pictures: Math.round(duration * fps), duration, points, isWhole: until === Number.POSITIVE_INFINITY }
  })

/** A report of one track with this duration, as a file. */
const reportOf = (report: ProbeReport, track: number, duration: number): Uint8Array => {
  const streams = report.streams.slice(track, track + 1).map((stream) => ({ ...stream, index: 0, duration }))
  const format = { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: String(duration) }
  return new TextEncoder().encode(JSON.stringify({ format, streams }))
}

/** Seconds of a segment of an audio rendition. */
const SEGMENT = 4

/** A playlist of a file that has one byte for its header and for each segment, and more. */
const playlistOf = (duration: number): string => {
  const name = "00000000-0000-4000-8000-000000000000-0-fragmented.mp4"
  const segments = Array.from({ length: Math.ceil(duration / SEGMENT) }, (_, at) => [
    `#EXTINF:${Math.min(SEGMENT, duration - at * SEGMENT).toFixed(6)},`,
    `#EXT-X-BYTERANGE:1@${at + 1}`,
    name
  ])
  return [
    ...["#EXTM3U", "#EXT-X-VERSION:7", `#EXT-X-TARGETDURATION:${SEGMENT}`, "#EXT-X-MEDIA-SEQUENCE:0"],
    ...["#EXT-X-PLAYLIST-TYPE:VOD", `#EXT-X-MAP:URI="${name}",BYTERANGE="1@0"`, ...segments.flat()],
    ...["#EXT-X-ENDLIST", ""]
  ].join("\n")
}

const padded = (bytes: Uint8Array, size: number): Uint8Array => {
  const all = new Uint8Array(Math.max(bytes.length, size)).fill(0x20)
  all.set(bytes)
  return all
}

/** A file that is deleted with the scope, unless it was moved. */
const make = (disk: Disk, path: string, bytes: Uint8Array) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      disk.set(path, bytes)
      return { path, size: bytes.length }
    }),
    () => Effect.sync(() => disk.delete(path))
  )

/** The report of an audio track alone. */
const audioIn = (disk: Disk, { source, tracks: [number] }: RemuxInput) =>
  Effect.gen(function* () {
    const path = source._tag === "Path" ? source.path : source.url.href
    const track = yield* trackOf(disk, { path, track: number })
    const duration = Option.getOrElse(track.duration, () => 0)
    return { duration, report: reportOf(yield* read(disk, path), number, duration) }
  })

/** The twin with its files in this folder of the `MemoryDisk`. */
export const layerIn = (folder: string): Layer.Layer<MediaCutter, never, MemoryDisk> =>
  Layer.effect(
    MediaCutter,
    Effect.map(MemoryDisk, (disk) => {
      let count = 0
      const next = (name: string): string => `${folder}/${name}-${++count}.mp4`
      const one = (input: CutInput) => (chunk: PlannedChunk) =>
        Effect.gen(function* () {
          const report = yield* read(disk, input.path)
          const bytes = reportOf(report, input.track, chunk.duration)
          return { ...chunk, ...(yield* make(disk, next("chunk"), bytes)) }
        })
      return {
        local: (source) => Effect.succeed(source._tag === "Path" ? source.path : source.url.href),
        examine: (input, until) => examine(disk, input, until),
        cut: (input, { from, plan }) =>
          Stream.unwrapScoped(
            Effect.gen(function* () {
              yield* trackOf(disk, input)
              const scope = yield* Effect.scope
              const chunk = (planned: PlannedChunk) => Scope.extend(one(input)(planned), scope)
              return Stream.mapEffect(Stream.fromIterable(plan.slice(from)), chunk)
            })
          ),
        audio: (input) => Effect.flatMap(audioIn(disk, input), ({ report }) => make(disk, next("audio"), report)),
        audioRendition: (input) =>
          Effect.gen(function* () {
            const { duration, report } = yield* audioIn(disk, input)
            const playlist = playlistOf(duration)
            const bytes = padded(report, duration / SEGMENT + 2)
            return {
              ...(yield* make(disk, next("audio"), bytes)),
              playlist,
              read: ({ end, start }) => Stream.make(bytes.slice(start, end + 1))
            }
          })
      }
    })
  )

/** For tests: files on the `MemoryDisk` are reports of a probe. There is a cut point every two seconds. */
export const layer: Layer.Layer<MediaCutter, never, MemoryDisk> = Layer.suspend(() => layerIn("/memory-cutter"))
