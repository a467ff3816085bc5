import { Array as Arr, Either, Option, Schema } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { ProbeReport, ProbeStream } from "./ProbeReport.ts"

/** The file is readable, but no video and no sound can be made of it. The message is for the person who sent it. */
export class NotMedia extends Schema.TaggedError<NotMedia>()("NotMedia", {
  kind: Schema.Literal("Picture", "Playlist", "Text", "NoStreams"),
  message: Schema.String
}) {}

const pictureFormat = /^(image2(pipe)?|gif|apng|ico|webp(_anim)?|jpegxl_anim|\w+_pipe)$/
const playlistFormats = new Set(["hls", "applehttp", "dash", "concat", "concatf", "sdp", "rtsp", "imf"])
const textFormats = new Set(["tty", "ass", "srt", "webvtt", "lrc", "ffmetadata"])

const pictureCodecs = new Set(
  (
    "mjpeg mjpegb ljpeg jpegls jpeg2000 jpegxl png apng bmp gif webp tiff targa pcx pictor ppm pgm pgmyuv pbm pam pfm " +
    "sgi sunrast xbm xpm xwd dds exr hdr psd qoi svg dpx ico fits wbmp alias_pix brender_pix txd"
  ).split(" ")
)

/** From here on, what a file calls its rate is the tick of its clock. */
const CLOCK_TICKS = 1000

const formatNames = (report: ProbeReport): ReadonlyArray<string> => (report.format.format_name ?? "").split(",")

const positive = (text: string | undefined): Option.Option<number> =>
  Option.filter(Option.some(Number(text)), (value) => Number.isFinite(value) && value > 0)

/** `a/b` frames a second; none for `0/0` and for the tick of a clock. */
const rate = (text: string | undefined): Option.Option<number> => {
  const [frames, seconds = "1"] = (text ?? "").split("/")
  return Option.zipWith(positive(frames), positive(seconds), (a, b) => a / b).pipe(
    Option.filter((fps) => fps < CLOCK_TICKS)
  )
}

/** Motion JPEG and its like have an average rate and last longer than one frame; a picture beside sound does not. */
const isStill = (stream: ProbeStream): boolean =>
  pictureCodecs.has(stream.codec_name ?? "") &&
  Option.match(rate(stream.avg_frame_rate), {
    onNone: () => true,
    onSome: (fps) => Option.exists(positive(stream.duration), (seconds) => seconds * fps < 1.5)
  })

/** Every track of an MP4 names its sample format; what has none there is a HEIF picture or a cover. */
const isItem = (stream: ProbeStream, formats: ReadonlyArray<string>): boolean =>
  formats.includes("mp4") && stream.codec_tag_string === "[0][0][0][0]"

const hasPicture = (stream: ProbeStream): boolean => (stream.width ?? 0) > 0 && (stream.height ?? 0) > 0

const isPictureFile = (report: ProbeReport): boolean => formatNames(report).some((name) => pictureFormat.test(name))

/** What a file that is a picture shows; none for every other file. */
export const pictureStream = (report: ProbeReport): Option.Option<ProbeStream> =>
  isPictureFile(report) ? Arr.findFirst(report.streams, hasPicture) : Option.none()

/** The stream that is shown: the first with a picture size that is neither cover art nor a still picture. */
export const videoStream = (report: ProbeReport): Option.Option<ProbeStream> => {
  const formats = formatNames(report)
  const isMoving = (stream: ProbeStream): boolean =>
    stream.disposition?.attached_pic !== 1 && !isStill(stream) && !isItem(stream, formats)
  return isPictureFile(report)
    ? Option.none()
    : Arr.findFirst(report.streams, (stream) => stream.codec_type === "video" && hasPicture(stream) && isMoving(stream))
}

/** The stream that is heard. */
export const audioStream = (report: ProbeReport): Option.Option<ProbeStream> =>
  Arr.findFirst(report.streams, (stream) => stream.codec_type === "audio")

/** Degrees, from the display matrix or, in older files, from a tag; 0 when neither says anything. */
const rotation = (stream: ProbeStream): number => {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation
  const degrees = matrix ?? Number(stream.tags?.rotate)
  return Number.isFinite(degrees) ? degrees : 0
}

const shownSize = (stream: ProbeStream): { readonly width: number; readonly height: number } => {
  const { height = 0, width = 0 } = stream
  return Math.abs(rotation(stream)) % 180 === 90 ? { width: height, height: width } : { width, height }
}

/** Whole frames a second, at least 1; 0 when the stream does not say. */
const fpsOf = (stream: ProbeStream): number =>
  Option.match(
    Option.orElse(rate(stream.avg_frame_rate), () => rate(stream.r_frame_rate)),
    { onNone: () => 0, onSome: (fps) => Math.max(1, Math.round(fps)) }
  )

const durationOf = (report: ProbeReport): Option.Option<number> =>
  Option.orElse(positive(report.format.duration), () => {
    const durations = Arr.filterMap(report.streams, (stream) => positive(stream.duration))
    return Arr.isNonEmptyReadonlyArray(durations) ? Option.some(Math.max(...durations)) : Option.none()
  })

/**
 * What later decisions need of a probe's report; nothing that is missing in it makes this fail. The size is the one
 * in the report, else the one the caller knows, else 0.
 */
export const summarize = (report: ProbeReport, known: { readonly size?: number } = {}): MediaSummary => {
  const video = videoStream(report)
  return {
    duration: durationOf(report),
    size: Option.getOrElse(Option.map(positive(report.format.size), Math.round), () => known.size ?? 0),
    hasVideo: Option.isSome(video),
    hasAudio: Option.isSome(audioStream(report)),
    ...Option.match(video, { onNone: () => ({ width: 0, height: 0 }), onSome: shownSize }),
    fps: Option.match(video, { onNone: () => 0, onSome: fpsOf })
  }
}

const notMedia = (kind: NotMedia["kind"], message: string): Either.Either<never, NotMedia> =>
  Either.left(new NotMedia({ kind, message }))

/**
 * The summary of a file that can be transcoded: one with a moving picture or with sound. Pictures, animated ones too,
 * are refused, and so are files that only list other files: those would be fetched in our name.
 */
export const isUsable = (
  report: ProbeReport,
  known: { readonly size?: number } = {}
): Either.Either<MediaSummary, NotMedia> => {
  const formats = formatNames(report)
  if (formats.some((name) => playlistFormats.has(name))) {
    return notMedia("Playlist", "The file is a list of other files, not a video or a sound recording.")
  }
  if (formats.some((name) => textFormats.has(name))) {
    return notMedia("Text", "The file is a text, not a video or a sound recording.")
  }
  const summary = summarize(report, known)
  if (summary.hasVideo || summary.hasAudio) return Either.right(summary)
  return report.streams.some((stream) => stream.codec_type === "video" && hasPicture(stream))
    ? notMedia("Picture", "The file is a picture, not a video or a sound recording.")
    : notMedia("NoStreams", "The file has neither a video nor a sound track.")
}
