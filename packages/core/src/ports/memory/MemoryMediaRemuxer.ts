import { Effect, Layer, Option, Schema } from "effect"
import { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { UnreadableMedia } from "../MediaProbe.ts"
import { MediaRemuxer, type RemuxInput } from "../MediaRemuxer.ts"
import { MemoryDisk } from "./MemoryDisk.ts"

const Report = Schema.parseJson(ProbeReport)

const longest = (reports: ReadonlyArray<ProbeReport>): string =>
  String(Math.max(0, ...reports.map(({ format }) => Number(format.duration ?? 0))))

/** The report in a file, and the white space behind it, which stands for the length of its media. */
const parse = (text: string) =>
  Effect.map(Schema.decode(Report)(text), (report) => ({ report, rest: /\s*$/.exec(text)?.[0] ?? "" }))

type Parsed = Effect.Effect.Success<ReturnType<typeof parse>>

/** A report of the tracks, as a file. */
const merge = (inputs: ReadonlyArray<RemuxInput>, parsed: ReadonlyArray<Parsed>): Uint8Array => {
  const streams = inputs.flatMap(({ tracks }, input) =>
    tracks.flatMap((track) => parsed[input]?.report.streams.slice(track, track + 1) ?? [])
  )
  const format = { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: longest(parsed.map(({ report }) => report)) }
  const report = { format, streams: streams.map((stream, index) => ({ ...stream, index })) }
  return new TextEncoder().encode(`${JSON.stringify(report)}${parsed[0]?.rest ?? ""}`)
}

/** The twin with its files in this folder of the `MemoryDisk`. */
export const layerIn = (folder: string): Layer.Layer<MediaRemuxer, never, MemoryDisk> =>
  Layer.effect(MediaRemuxer, makeIn(folder))

/**
 * For tests: files on the `MemoryDisk` are reports of a probe. A file made of several has the streams of all, and behind
 * them the white space of the first.
 */
export const layer: Layer.Layer<MediaRemuxer, never, MemoryDisk> = Layer.suspend(() => layerIn("/memory-remuxer"))

const makeIn = (folder: string): Effect.Effect<MediaRemuxer["Type"], never, MemoryDisk> =>
  Effect.map(MemoryDisk, (disk) => {
    let count = 0
    const read = ({ source, tracks }: RemuxInput) =>
      Option.fromNullable(disk.get(source._tag === "Path" ? source.path : source.url.href)).pipe(
        Option.map((bytes) => new TextDecoder().decode(bytes)),
        Effect.flatMap(parse),
        Effect.filterOrFail(({ report }) => tracks.every((track) => track < report.streams.length)),
        Effect.mapError(
          () => new UnreadableMedia({ reason: "The tracks of the file cannot be copied into an MP4 file." })
        )
      )
    return {
      toMp4: (inputs) =>
        Effect.gen(function* () {
          const bytes = merge(inputs, yield* Effect.forEach(inputs, read))
          count += 1
          const path = `${folder}/remuxed-${count}.mp4`
          yield* Effect.acquireRelease(
            Effect.sync(() => disk.set(path, bytes)),
            () => Effect.sync(() => disk.delete(path))
          )
          return { path, size: bytes.length }
        })
    }
  })
