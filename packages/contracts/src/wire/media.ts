/** The content of a media file. */
export interface Media {
  readonly height: number
  readonly size?: number
  /** Both video and audio by default. */
  readonly tracks?: "both" | "picture" | "sound"
}

/** A media file of four seconds for the in-memory probe: the ffprobe report as text, padded to its size. */
export const media = ({ height, size = 0, tracks = "both" }: Media): Uint8Array => {
  const picture = {
    codec_type: "video",
    codec_name: "h264",
    codec_tag_string: "avc1",
    profile: "High",
    level: 30,
    width: Math.round((height * 16) / 9),
    height,
    avg_frame_rate: "25/1"
  }
  const sound = { codec_type: "audio", codec_name: "aac", codec_tag_string: "mp4a", profile: "LC" }
  const report = JSON.stringify({
    format: { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "4.000000" },
    streams: [...(tracks === "sound" ? [] : [picture]), ...(tracks === "picture" ? [] : [sound])]
  })
  return new TextEncoder().encode(report.padEnd(size))
}

/** A JPEG file in the same format. */
export const jpeg = ({ height, size, width }: { width: number; height: number; size: number }): Uint8Array => {
  const streams = [{ codec_type: "video", codec_name: "mjpeg", width, height, avg_frame_rate: "25/1" }]
  return new TextEncoder().encode(JSON.stringify({ format: { format_name: "jpeg_pipe" }, streams }).padEnd(size))
}
