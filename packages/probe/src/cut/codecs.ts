/**
 * The types of the NAL units that begin an independent group of pictures, for FFmpeg's `filter_units`. Packet flags mark
 * other keyframes as well: in H.264 those of open groups, in HEVC the CRA pictures.
 */
const unitTypes: ReadonlyMap<string, string> = new Map([
  ["h264", "5"],
  ["hevc", "19-20"]
])

/** Codecs whose keyframes reset the decoder. Groups that are open are known by the order of their pictures. */
const plainCodecs: ReadonlySet<string> = new Set(["vp9", "av1", "mpeg4", "mpeg2video"])

/** Whether the cut points of a codec can be found. */
export const isCuttable = (codec: string): boolean => unitTypes.has(codec) || plainCodecs.has(codec)

/** The units that are looked for in a codec; undefined if the flags of its packets suffice. */
export const unitTypesOf = (codec: string): string | undefined => unitTypes.get(codec)
