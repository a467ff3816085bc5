import { Schema } from "effect"

const Text = Schema.optional(Schema.String)
const Count = Schema.optional(Schema.Int)

/** One stream of a media file as `ffprobe -show_streams -of json` prints it. Every member can be missing. */
export const ProbeStream = Schema.Struct({
  index: Count,
  codec_type: Text,
  codec_name: Text,
  codec_tag_string: Text,
  profile: Text,
  level: Count,
  width: Count,
  height: Count,
  avg_frame_rate: Text,
  r_frame_rate: Text,
  duration: Text,
  bit_rate: Text,
  disposition: Schema.optional(Schema.Struct({ attached_pic: Count })),
  side_data_list: Schema.optional(Schema.Array(Schema.Struct({ rotation: Schema.optional(Schema.Number) }))),
  tags: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown }))
})
export type ProbeStream = typeof ProbeStream.Type

/** The part of ffprobe's JSON we read. Unknown members are ignored, missing ones are no error. */
export const ProbeReport = Schema.Struct({
  format: Schema.optionalWith(Schema.Struct({ format_name: Text, duration: Text, size: Text, bit_rate: Text }), {
    default: () => ({})
  }),
  streams: Schema.optionalWith(Schema.Array(ProbeStream), { default: () => [] })
})
export type ProbeReport = typeof ProbeReport.Type
