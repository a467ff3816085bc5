import type { ProbeReport } from "@runner-connector/core"
import { encryptedTracks } from "./firstPackets.ts"

/** Marks the encrypted tracks of the report, based on the other output of ffprobe. */
export const markEncrypted = (report: ProbeReport.ProbeReport, json: unknown): ProbeReport.ProbeReport => {
  const encrypted = encryptedTracks(json)
  return {
    ...report,
    streams: report.streams.map((stream, position) =>
      encrypted.has(stream.index ?? position) ? { ...stream, undecodable: "encrypted" } : stream
    )
  }
}
