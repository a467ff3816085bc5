/** How to read the type of a NAL unit from its first byte, and which types begin an independent group. */
export interface UnitTypes {
  readonly of: (byte: number) => number
  /** The units of pictures are those up to this type, from `firstOfPicture` on. */
  readonly firstOfPicture: number
  readonly lastOfPicture: number
  /** The units of pictures that begin an independent group. */
  readonly firstIndependent: number
  readonly lastIndependent: number
}

/**
 * Packet flags mark other keyframes as well as those of independent groups: in H.264 those of open groups, in HEVC the CRA
 * pictures.
 */
const unitTypes: ReadonlyMap<string, UnitTypes> = new Map([
  [
    "h264",
    {
      of: (byte: number) => byte & 0x1f,
      ...{ firstOfPicture: 1, lastOfPicture: 5, firstIndependent: 5, lastIndependent: 5 }
    }
  ],
  [
    "hevc",
    {
      of: (byte: number) => (byte >> 1) & 0x3f,
      ...{ firstOfPicture: 0, lastOfPicture: 31, firstIndependent: 19, lastIndependent: 20 }
    }
  ]
])

/** Codecs whose keyframes reset the decoder. Groups that are open are known by the order of their pictures. */
const plainCodecs: ReadonlySet<string> = new Set(["vp9", "av1", "mpeg4", "mpeg2video"])

/** Whether the cut points of a codec can be found. */
export const isCuttable = (codec: string): boolean => unitTypes.has(codec) || plainCodecs.has(codec)

/** The units that begin an independent group in a codec. Undefined if the flags of its packets suffice. */
export const unitTypesOf = (codec: string): UnitTypes | undefined => unitTypes.get(codec)
