import { Option } from "effect"
import type { ProbeReport, ProbeStream } from "./ProbeReport.ts"

const pictureFormat = /^(image2(pipe)?|gif|apng|ico|webp(_anim)?|jpegxl_anim|\w+_pipe)$/

const pictureCodecs = new Set(
  (
    "mjpeg mjpegb ljpeg jpegls jpeg2000 jpegxl png apng bmp gif webp tiff targa pcx pictor ppm pgm pgmyuv pbm pam pfm " +
    "sgi sunrast xbm xpm xwd dds exr hdr psd qoi svg dpx ico fits wbmp alias_pix brender_pix txd"
  ).split(" ")
)

/** A stated frame rate from this value on is the tick of the clock of the file. */
const CLOCK_TICKS = 1000

/** A missing rate is guessed from the timestamps. A guess from this value on is also the tick of a clock. */
const HIGHEST_GUESS = 60

/** The names of the format of the file, as ffprobe lists them. */
export const formatNames = (report: ProbeReport): ReadonlyArray<string> => (report.format.format_name ?? "").split(",")

/** A number above zero. None for everything else. */
export const positive = (text: string | undefined): Option.Option<number> =>
  Option.filter(Option.some(Number(text)), (value) => Number.isFinite(value) && value > 0)

/** Frames per second from `a/b`. None for `0/0` and for the tick of a clock. */
const rate = (text: string | undefined): Option.Option<number> => {
  const [frames, seconds = "1"] = (text ?? "").split("/")
  return Option.zipWith(positive(frames), positive(seconds), (a, b) => a / b).pipe(
    Option.filter((fps) => fps < CLOCK_TICKS)
  )
}

/** By the counted packets. None for a single one. */
const countedRate = ({ packets }: ProbeStream): Option.Option<number> =>
  packets !== undefined && packets.count > 1 && packets.end > packets.start
    ? Option.some(packets.count / (packets.end - packets.start))
    : Option.none()

/** Whether the stream states how many frames it shows per second on average. */
export const statesRate = (stream: ProbeStream): boolean => Option.isSome(rate(stream.avg_frame_rate))

/**
 * Average frames per second, not rounded: stated, otherwise counted, otherwise guessed. None when all of these are
 * missing.
 */
export const frameRate = (stream: ProbeStream): Option.Option<number> =>
  rate(stream.avg_frame_rate).pipe(
    Option.orElse(() => countedRate(stream)),
    Option.orElse(() => Option.filter(rate(stream.r_frame_rate), (fps) => fps <= HIGHEST_GUESS))
  )

/** Brands of AVIF and HEIF files, which are pictures in the container of MP4. */
const pictureBrands = new Set("avif avis mif1 miaf msf1 heic heix heim heis hevc hevx".split(" "))

/** Whether the file as a whole is a picture, animated or not. */
export const isPictureFile = (report: ProbeReport): boolean =>
  formatNames(report).some((name) => pictureFormat.test(name)) ||
  pictureBrands.has(String(report.format.tags?.major_brand))

/** Whether the stream can be shown, also as a cover. */
export const hasPicture = (stream: ProbeStream): boolean =>
  stream.codec_type === "video" && (stream.width ?? 0) > 0 && (stream.height ?? 0) > 0

/** The number of packets of the stream, where it is known. That of a video track is the number of its frames. */
const frameCount = (stream: ProbeStream): Option.Option<number> =>
  stream.packets === undefined ? positive(stream.nb_frames) : Option.some(stream.packets.count)

/** A single frame is a picture, whatever its codec. */
const isStill = (stream: ProbeStream): boolean =>
  Option.exists(frameCount(stream), (count) => count <= 1) || isCover(stream)

/**
 * Motion JPEG and similar codecs have an average rate and last longer than one frame. A picture beside audio does not.
 */
const isCover = (stream: ProbeStream): boolean =>
  pictureCodecs.has(stream.codec_name ?? "") &&
  Option.match(rate(stream.avg_frame_rate), {
    onNone: () => true,
    onSome: (fps) => Option.exists(positive(stream.duration), (seconds) => seconds * fps < 1.5)
  })

/** Every track of an MP4 names its sample format. A HEIF picture or a cover does not. */
const isItem = (stream: ProbeStream, report: ProbeReport): boolean =>
  formatNames(report).includes("mp4") && stream.codec_tag_string === "[0][0][0][0]"

/** Whether the stream is a video track: neither cover art nor a still picture nor an item of a HEIF file. */
export const isMoving = (stream: ProbeStream, report: ProbeReport): boolean =>
  hasPicture(stream) && stream.disposition?.attached_pic !== 1 && !isStill(stream) && !isItem(stream, report)

/** `00:01:02.500000000` in seconds. */
const clockTime = (text: unknown): Option.Option<number> => {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(String(text)) ?? []
  return positive(String(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)))
}

/** Seconds by Matroska's tag, which mkvmerge names after the language as well: `DURATION`, `DURATION-eng`. */
export const taggedDuration = (stream: ProbeStream, report: ProbeReport): Option.Option<number> => {
  if (!formatNames(report).includes("matroska")) return Option.none()
  const [, text] = Object.entries(stream.tags ?? {}).find(([name]) => /^DURATION(-\w+)?$/.test(name)) ?? []
  return clockTime(text)
}

/** The tag `DURATION` is the length of the track if mkvmerge wrote it, and the end of the track if FFmpeg did. */
const tagsLength = (stream: ProbeStream): boolean =>
  Object.keys(stream.tags ?? {}).some((name) => name.startsWith("_STATISTICS_TAGS"))

/** Formats whose duration counts from zero on the file's clock, not from the first packet. */
const countsFromZero = /^(mov|matroska|flv|asf|avi)$/

/** The moment at which the file starts on its own clock, in seconds. */
export const fileStart = (report: ProbeReport): number => {
  const start = Number(report.format.start_time)
  return Number.isFinite(start) ? start : 0
}

/** The moment at which the stream starts on the file's clock, in seconds. */
export const startOf = (stream: ProbeStream, report: ProbeReport): number => {
  const start = Number(stream.start_time)
  return stream.packets?.start ?? (Number.isFinite(start) ? start : fileStart(report))
}

/**
 * Duration of the stream in seconds: by its packets where they were counted, otherwise by Matroska's tag, otherwise as
 * the stream states, otherwise up to the end of the container. None when all of these are missing.
 */
export const durationOf = (stream: ProbeStream, report: ProbeReport): Option.Option<number> => {
  if (stream.packets !== undefined) {
    return Option.filter(Option.some(stream.packets.end - stream.packets.start), (value) => value > 0)
  }
  const start = startOf(stream, report)
  const after = (end: number) => Option.filter(Option.some(end - start), (value) => value > 0)
  const ofContainer = () => {
    const base = formatNames(report).some((name) => countsFromZero.test(name)) ? 0 : fileStart(report)
    return Option.flatMap(positive(report.format.duration), (duration) => after(base + duration))
  }
  return Option.flatMap(taggedDuration(stream, report), (value) =>
    tagsLength(stream) ? Option.some(value) : after(value)
  ).pipe(
    Option.orElse(() => positive(stream.duration)),
    Option.orElse(ofContainer)
  )
}
