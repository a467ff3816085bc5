/** A video file for the probe in memory. */
export interface TestVideo {
  /** Pixels. The default is 1280 by 720. */
  readonly width?: number
  readonly height?: number
  /** The default is 60. */
  readonly seconds?: number
  /** Frames per second. The default is 30. */
  readonly fps?: number
  /** The default is true. */
  readonly hasAudio?: boolean
  /** The name of the container as ffprobe reports it. The default is that of MP4. */
  readonly format?: string
  /** ffprobe's names of the codecs. The defaults are `h264` and `aac`. */
  readonly codec?: string
  readonly audioCodec?: string
  /** Size of the file in bytes. The default is a few hundred. */
  readonly bytes?: number
}

const MP4 = "mov,mp4,m4a,3gp,3g2,mj2"

/** The tags by which MP4 names the codecs, and what the master playlist needs besides. */
const pictureTags: Readonly<Record<string, object>> = {
  h264: { codec_tag_string: "avc1", profile: "High", level: 30 }
}
const soundTags: Readonly<Record<string, object>> = { aac: { codec_tag_string: "mp4a", profile: "LC" } }

/** The report in the file, with white space behind it up to its size. */
const fileOf = (report: object, bytes = 0): Uint8Array => new TextEncoder().encode(JSON.stringify(report).padEnd(bytes))

const picture = (width: number, height: number, codec: string) => ({
  ...{ codec_type: "video", codec_name: codec, ...pictureTags[codec] },
  ...{ width, height }
})

const sound = (codec: string) => ({ codec_type: "audio", codec_name: codec, ...soundTags[codec] })

/** A video file. `MemoryMediaProbe` finds in it what is described here. */
export const aVideo = (video: TestVideo = {}): Uint8Array => {
  const { audioCodec = "aac", codec = "h264", fps = 30, format = MP4, hasAudio = true } = video
  const { height = 720, seconds = 60, width = 1280 } = video
  const streams = [{ ...picture(width, height, codec), avg_frame_rate: `${fps}/1` }]
  return fileOf(
    {
      format: { format_name: format, duration: String(seconds) },
      streams: hasAudio ? [...streams, sound(audioCodec)] : streams
    },
    video.bytes
  )
}

/** A file with audio only. */
export const anAudioFile = ({
  audioCodec = "aac",
  bytes,
  format = MP4,
  seconds = 60
}: Pick<TestVideo, "seconds" | "format" | "audioCodec" | "bytes"> = {}): Uint8Array =>
  fileOf({ format: { format_name: format, duration: String(seconds) }, streams: [sound(audioCodec)] }, bytes)

/** A still picture. */
export interface TestPicture {
  /** Pixels. The default is 640 by 360. */
  readonly width?: number
  readonly height?: number
  /** The default is JPEG. */
  readonly kind?: "jpeg" | "png" | "webp"
  /** Size of the file in bytes. */
  readonly bytes?: number
}

/** ffprobe's names of the container and the codec. */
const pictureKinds = { jpeg: ["image2", "mjpeg"], png: ["png_pipe", "png"], webp: ["webp_pipe", "webp"] } as const

/** A picture: a thumbnail, a storyboard or a watermark. */
export const aPicture = ({ bytes, height = 360, kind = "jpeg", width = 640 }: TestPicture = {}): Uint8Array => {
  const [format_name, codec] = pictureKinds[kind]
  return fileOf({ format: { format_name }, streams: [picture(width, height, codec)] }, bytes)
}

/** A file that no probe can read, with the reason that the probe gives. */
export const unreadable = (reason: string): Uint8Array => fileOf({ unreadable: reason })

/** The name that a runner gives its media file. */
export const mediaName = (resolution: number): string =>
  `11111111-2222-4333-8444-555555555555-${resolution}-fragmented.mp4`

/** A playlist as runners write it, over a media file of at least 100 bytes and more than four seconds. */
export const aPlaylist = (name: string, seconds = 60): string =>
  [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${Math.max(4, Math.ceil(seconds - 4))}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXT-X-MAP:URI="${name}",BYTERANGE="40@0"`,
    "#EXTINF:4.000000,",
    "#EXT-X-BYTERANGE:30@40",
    name,
    `#EXTINF:${(seconds - 4).toFixed(6)},`,
    "#EXT-X-BYTERANGE:30@70",
    name,
    "#EXT-X-ENDLIST",
    ""
  ].join("\n")
