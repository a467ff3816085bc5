/** A media file of four seconds as the twin of the probe reads it: what ffprobe says of it, filled up to its size. */
export const media = ({ height, size = 0 }: { readonly height: number; readonly size?: number }): Uint8Array => {
  const report = JSON.stringify({
    format: { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "4.000000" },
    streams: [
      {
        codec_type: "video",
        codec_name: "h264",
        codec_tag_string: "avc1",
        profile: "High",
        level: 30,
        width: Math.round((height * 16) / 9),
        height,
        avg_frame_rate: "25/1"
      },
      { codec_type: "audio", codec_name: "aac", codec_tag_string: "mp4a", profile: "LC" }
    ]
  })
  return new TextEncoder().encode(report.padEnd(size))
}
