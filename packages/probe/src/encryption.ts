import type { ProbeReport } from "@runner-connector/core"
import { Array as Arr, Option, Schema } from "effect"

/**
 * The ffprobe output that `markEncrypted` needs. FFmpeg reports an encrypted track under its underlying codec and
 * sometimes decodes it to noise. Only the packets show the encryption. The first packets are sufficient, because every
 * track starts early.
 */
export const ENCRYPTION_ENTRIES: ReadonlyArray<string> = [
  ...["-show_entries", "packet=stream_index:packet_side_data=side_data_type"],
  ...["-read_intervals", "%+#50"]
]

const Packet = Schema.Struct({
  stream_index: Schema.Int,
  side_data_list: Schema.Array(Schema.Struct({ side_data_type: Schema.String }))
})

const Report = Schema.Struct({ packets: Schema.Array(Schema.Unknown) })

const isEncrypted = ({ side_data_list }: typeof Packet.Type): boolean =>
  side_data_list.some(({ side_data_type }) => side_data_type.startsWith("Encryption"))

/** Marks the encrypted tracks of the report, based on the other output of ffprobe. */
export const markEncrypted = (report: ProbeReport.ProbeReport, json: unknown): ProbeReport.ProbeReport => {
  const printed = Option.match(Schema.decodeUnknownOption(Report)(json), {
    onNone: () => [],
    onSome: ({ packets }) => packets
  })
  const packets = Arr.filterMap(printed, (packet) => Schema.decodeUnknownOption(Packet)(packet))
  const encrypted = new Set(packets.filter(isEncrypted).map((packet) => packet.stream_index))
  return {
    ...report,
    streams: report.streams.map((stream, position) =>
      encrypted.has(stream.index ?? position) ? { ...stream, undecodable: "encrypted" } : stream
    )
  }
}
