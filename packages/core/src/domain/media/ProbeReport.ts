import { Schema } from "effect"
import { FullReport } from "./FullReport.ts"

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A member that reads as absent when it is missing, null or of an unexpected type. Never fails. */
const lenient = <A>(type: Schema.Schema<A>, read: (value: unknown) => A | undefined) =>
  Schema.optional(
    Schema.transform(Schema.Unknown, Schema.UndefinedOr(type), { decode: read, encode: (value) => value })
  )

/** ffprobe writes `N/A` for an unknown value that its output format requires. */
const readText = (value: unknown): string | undefined => {
  if (typeof value === "number") return String(value)
  return typeof value === "string" && value !== "N/A" ? value : undefined
}

const readNumber = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

const readInt = (value: unknown): number | undefined => {
  const number = readNumber(value)
  return Number.isSafeInteger(number) ? number : undefined
}

const Text = lenient(Schema.String, readText)
const Count = lenient(Schema.Int, readInt)
const Amount = lenient(Schema.Number, readNumber)
const Tags = lenient(Schema.Record({ key: Schema.String, value: Schema.Unknown }), (value) =>
  isObject(value) ? value : undefined
)

const readObject = {
  decode: (value: unknown) => (isObject(value) ? value : {}),
  encode: (value: object) => value
}
const readObjects = {
  decode: (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : []),
  encode: (value: ReadonlyArray<unknown>) => value
}

const Disposition = Schema.Struct({ attached_pic: Count, default: Count })
const SideData = Schema.Struct({ rotation: Amount })

/** The result of reading every packet of a stream. Seconds on the clock of the file, without jumps. */
export const PacketCount = Schema.Struct({
  count: Schema.Int,
  start: Schema.Number,
  end: Schema.Number
})
export type PacketCount = typeof PacketCount.Type

/**
 * One stream of a media file as `ffprobe -show_streams -of json` prints it, with further facts of a probe. Every member
 * can be missing.
 */
export const ProbeStream = Schema.Struct({
  index: Count,
  codec_type: Text,
  codec_name: Text,
  codec_tag_string: Text,
  profile: Text,
  level: Count,
  width: Count,
  height: Count,
  /** Width to height of one pixel, such as `4:3`. `0:1` means unknown. */
  sample_aspect_ratio: Text,
  avg_frame_rate: Text,
  r_frame_rate: Text,
  start_time: Text,
  duration: Text,
  nb_frames: Text,
  bit_rate: Text,
  channels: Count,
  sample_rate: Count,
  color_transfer: Text,
  color_primaries: Text,
  color_space: Text,
  field_order: Text,
  /** Pictures that are decoded before one that is shown earlier. */
  has_b_frames: Count,
  /**
   * Not from ffprobe: present where a probe has read every packet, because the container may state a wrong duration or
   * none.
   */
  packets: Schema.optional(PacketCount),
  /**
   * Not from ffprobe: present where a probe has found that the track cannot be decoded. `noDecoder`: the engine has no
   * decoder for this codec. `noFrames`: the decoder returned no frame.
   */
  undecodable: Schema.optional(Schema.Literal("noDecoder", "noFrames", "encrypted")),
  disposition: Schema.optional(Schema.transform(Schema.Unknown, Disposition, readObject)),
  side_data_list: Schema.optional(Schema.transform(Schema.Unknown, Schema.Array(SideData), readObjects)),
  tags: Tags
})
export type ProbeStream = typeof ProbeStream.Type

const Format = Schema.Struct({
  format_name: Text,
  start_time: Text,
  duration: Text,
  size: Text,
  bit_rate: Text,
  tags: Tags
})

/**
 * The part of ffprobe's JSON that is read. Decoding never fails: unknown members are ignored, and members that are
 * missing, null or of an unexpected type read as absent.
 */
export const ProbeReport = Schema.transform(
  Schema.Unknown,
  Schema.Struct({
    format: Schema.optionalWith(Schema.transform(Schema.Unknown, Format, readObject), { default: () => ({}) }),
    streams: Schema.optionalWith(Schema.transform(Schema.Unknown, Schema.Array(ProbeStream), readObjects), {
      default: () => []
    }),
    /** Not from ffprobe: the complete report, which only people read. Absent where the probe did not keep it. */
    full: Schema.optional(FullReport)
  }),
  readObject
)
export type ProbeReport = typeof ProbeReport.Type
