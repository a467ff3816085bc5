import { Effect, Layer, Option, Schema } from "effect"
import { limited } from "../../domain/media/FullReport.ts"
import { greyJpeg } from "../../domain/media/greyJpeg.ts"
import * as MediaFacts from "../../domain/media/MediaFacts.ts"
import { ProbeReport, type ProbeStream } from "../../domain/media/ProbeReport.ts"
import { sourceTracks } from "../../domain/media/SourceTracks.ts"
import type { MediaSource } from "../FileStorage.ts"
import { MediaProbe, ProbeError, UnreadableMedia } from "../MediaProbe.ts"
import { MemoryDisk } from "./MemoryDisk.ts"

const MAX_SIDE = 1280

const Refusal = Schema.Struct({ unreadable: Schema.String })

const read = (disk: Map<string, Uint8Array>, operation: ProbeError["operation"], source: MediaSource) =>
  Effect.gen(function* () {
    const bytes = disk.get(source._tag === "Path" ? source.path : source.url.href)
    if (bytes === undefined) {
      return yield* new ProbeError({ operation, cause: new Error("The source does not stand on the memory disk") })
    }
    if (bytes.length === 0) return yield* new UnreadableMedia({ reason: "The file is empty." })
    const json = yield* Effect.try({
      try: (): unknown => JSON.parse(new TextDecoder().decode(bytes)),
      catch: () => new UnreadableMedia({ reason: "This is not an audio or video file." })
    })
    if (Schema.is(Refusal)(json)) return yield* new UnreadableMedia({ reason: json.unreadable })
    return { ...(yield* Effect.orDie(Schema.decodeUnknown(ProbeReport)(json))), full: limited(json) }
  })

/** Width to height of one pixel. 1 when unknown. */
const pixelShape = (stream: ProbeStream): number => {
  const [width = 0, height = 0] = (stream.sample_aspect_ratio ?? "").split(":").map(Number)
  return width > 0 && height > 0 ? width / height : 1
}

/** The displayed size of a stream: square pixels, upright, the longer side at most 1280. */
const shownSize = (report: ProbeReport, stream: ProbeStream): readonly [width: number, height: number] => {
  const { height, width } = MediaFacts.summarize(report)
  const turned = width !== stream.width
  const shape = turned ? 1 / pixelShape(stream) : pixelShape(stream)
  const square = [width * Math.max(1, shape), height * Math.max(1, 1 / shape)] as const
  const factor = Math.min(1, MAX_SIDE / Math.max(...square))
  return [Math.round(square[0] * factor), Math.round(square[1] * factor)]
}

/**
 * For tests: the file at a path of the `MemoryDisk`, or under an address as its path, is not media but what a probe says
 * of it, as JSON: ffprobe's report, or `{ "unreadable": "why" }`. A frame is a grey picture of the right size.
 */
export const layer: Layer.Layer<MediaProbe, never, MemoryDisk> = Layer.effect(
  MediaProbe,
  Effect.map(MemoryDisk, (disk) => ({
    probe: (source) => read(disk, "probe", source),
    frame: (source) =>
      Effect.gen(function* () {
        const report = yield* read(disk, "frame", source)
        const { video } = sourceTracks(report)
        if (Option.isSome(video)) return greyJpeg(...shownSize(report, video.value.stream))
        return yield* new UnreadableMedia({ reason: "The file has no decodable picture." })
      })
  }))
)
