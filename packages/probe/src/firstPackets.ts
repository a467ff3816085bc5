import { Array as Arr, Option, Schema } from "effect"

/**
 * The output of ffprobe on the first packets of a file. Every track starts early. With `decode` also on their frames, of which
 * video yields the keyframes only, because the first one suffices.
 */
export const entriesOf = ({ decode }: { readonly decode: boolean }): ReadonlyArray<string> => [
  ...(decode ? ["-skip_frame:v", "nokey"] : []),
  ...["-show_entries", `packet=stream_index:packet_side_data=side_data_type${decode ? ":frame=stream_index" : ""}`],
  ...["-read_intervals", "%+#50"]
]

/** Frames have side data whose type is not asked for. */
const SideData = Schema.Struct({ side_data_type: Schema.optionalWith(Schema.String, { default: () => "" }) })

const Entry = Schema.Struct({
  type: Schema.optional(Schema.String),
  stream_index: Schema.Int,
  side_data_list: Schema.optionalWith(Schema.Array(SideData), { default: () => [] })
})
type Entry = typeof Entry.Type

/** ffprobe names the list by what is in it. */
const Report = Schema.Struct({
  packets: Schema.optionalWith(Schema.Array(Schema.Unknown), { default: () => [] }),
  packets_and_frames: Schema.optionalWith(Schema.Array(Schema.Unknown), { default: () => [] })
})

const entriesIn = (json: unknown): ReadonlyArray<Entry> =>
  Option.match(Schema.decodeUnknownOption(Report)(json), {
    onNone: () => [],
    onSome: ({ packets, packets_and_frames: mixed }) =>
      Arr.filterMap([...packets, ...mixed], (entry) => Schema.decodeUnknownOption(Entry)(entry))
  })

const tracksOf = (json: unknown, isWanted: (entry: Entry) => boolean): ReadonlySet<number> =>
  new Set(
    entriesIn(json)
      .filter(isWanted)
      .map((entry) => entry.stream_index)
  )

/** The numbers of the tracks that yielded a frame. */
export const decodedTracks = (json: unknown): ReadonlySet<number> => tracksOf(json, ({ type }) => type === "frame")

/**
 * The numbers of the encrypted tracks. FFmpeg reports them under their underlying codec and sometimes decodes them to noise.
 * Only the packets show the encryption.
 */
export const encryptedTracks = (json: unknown): ReadonlySet<number> =>
  tracksOf(json, ({ side_data_list }) =>
    side_data_list.some(({ side_data_type }) => side_data_type.startsWith("Encryption"))
  )
