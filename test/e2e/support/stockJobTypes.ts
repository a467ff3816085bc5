import { join } from "node:path"
import { MediaFacts, ProbeReport, SourceTracks } from "@runner-connector/core"
import { Ffmpeg, type FileNames } from "@runner-connector/ffmpeg"
import type { JobType } from "@runner-connector/local-runner"
import { Effect, Option, Schema } from "effect"

/** Whether a runner encodes audio and video, or copies compatible tracks as version 0.4 does. */
export interface Codecs {
  readonly video: "libx264" | "copy"
  readonly audio: "aac" | "copy"
  /** The profile of encoded video. Results of different profiles have different headers. */
  readonly profile?: "main" | "high"
}

/** The parts of a job's context that these job types need. */
export type StockContext = Pick<JobType.JobContext, "payload" | "directory" | "download">

type Result = Effect.Effect<JobType.JobResult, JobType.JobError, JobType.JobEnvironment>

/** A job type with the command lines of real runners. Edit lists are left as FFmpeg writes them. */
export interface StockJobType {
  readonly name: string
  readonly run: (context: StockContext) => Result
}

const Rendition = Schema.Struct({
  input: Schema.Struct({
    videoFileUrl: Schema.String,
    separatedAudioFileUrl: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] })
  }),
  output: Schema.Struct({
    resolution: Schema.Int,
    fps: Schema.Number,
    separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false })
  })
})
type Rendition = typeof Rendition.Type

const Merge = Schema.Struct({
  input: Schema.Struct({ audioFileUrl: Schema.String, previewFileUrl: Schema.String }),
  output: Schema.Struct({ resolution: Schema.Int, fps: Schema.Number })
})

const Cut = Schema.Struct({
  input: Rendition.fields.input,
  tasks: Schema.Tuple(
    Schema.Struct({
      name: Schema.Literal("cut"),
      options: Schema.Struct({ start: Schema.optional(Schema.Number), end: Schema.optional(Schema.Number) })
    })
  )
})

/** Whether the edit consists of a single cut. */
export const isCut = ({ payload }: StockContext): boolean => Option.isSome(Schema.decodeUnknownOption(Cut)(payload))

const read = <A, I>(schema: Schema.Schema<A, I>, { payload }: StockContext) =>
  Effect.orDie(Schema.decodeUnknown(schema)(payload))

/** A file of a job and its probe result. */
const fetch = (context: StockContext, url: string, name: string) =>
  Effect.gen(function* () {
    const { path } = yield* context.download(url, name)
    const { ffprobe } = yield* Ffmpeg
    const json = yield* ffprobe({ input: { path }, arguments: ["-show_format", "-show_streams"] })
    const report = yield* Effect.orDie(Schema.decodeUnknown(ProbeReport.ProbeReport)(json))
    return { path, summary: MediaFacts.summarize(report), tracks: SourceTracks.sourceTracks(report) }
  })
type Fetched = Effect.Effect.Success<ReturnType<typeof fetch>>

/** The video and its audio, which may be a separate file. */
const fetchVideo = (context: StockContext, { separatedAudioFileUrl: [soundUrl], videoFileUrl }: Rendition["input"]) =>
  Effect.gen(function* () {
    const video = yield* fetch(context, videoFileUrl, "video")
    const sound = soundUrl === undefined ? undefined : yield* fetch(context, soundUrl, "audio")
    return { video, sound: sound ?? video, inputs: sound === undefined ? [video] : [video, sound] }
  })

const isCodec = (track: Option.Option<SourceTracks.Track>, name: string): boolean =>
  Option.exists(track, ({ codec }) => Option.contains(codec, name))

const audioCoding = ({ audio }: Codecs, { tracks }: Fetched): ReadonlyArray<string> =>
  audio === "copy" && isCodec(tracks.audio, "aac") ? ["-c:a", "copy"] : ["-c:a", "aac", "-b:a", "192k", "-ac", "2"]

const x264 = (fps: number, profile: Codecs["profile"] = "high"): ReadonlyArray<string> => [
  ...["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-profile:v", profile],
  ...["-r", `${fps}`, "-g", `${2 * fps}`]
]

const videoCoding = (codecs: Codecs, { summary, tracks }: Fetched, { fps, resolution }: Rendition["output"]) => {
  const fits = Math.min(summary.width, summary.height) === resolution && summary.fps === fps
  if (codecs.video === "copy" && fits && isCodec(tracks.video, "h264")) return ["-c:v", "copy"]
  const scale = summary.height > summary.width ? `scale=${resolution}:-2` : `scale=-2:${resolution}`
  return ["-vf", scale, ...x264(fps, codecs.profile)]
}

const named = (inputs: ReadonlyArray<Fetched>, { input }: FileNames, ...before: ReadonlyArray<string>) =>
  inputs.flatMap((_, n) => [...before, "-i", input(n)])

/** The last input's audio, if there is any. */
const lastAudio = ({ length }: ReadonlyArray<Fetched>) => ["-map", `${length - 1}:a:0?`]

const common = ["-max_muxing_queue_size", "1024", "-map_metadata", "-1"]

type Made = readonly [field: string, fileName: string, contentType: string]

/** Runs FFmpeg in the job's folder and returns the files under their payload names. */
const make = (
  { directory }: StockContext,
  inputs: ReadonlyArray<Fetched>,
  args: (names: FileNames) => ReadonlyArray<string>,
  made: ReadonlyArray<Made>
): Result =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({ inputs: inputs.map(({ path }) => ({ path })), outputDirectory: directory, arguments: args })
    const files = made.map(([field, fileName, contentType]) => {
      const path = join(directory, fileName)
      return { field, fileName, contentType, path }
    })
    return { fields: {}, files }
  })

/** Makes a single progressive file. */
const makeMp4 = (
  context: StockContext,
  inputs: ReadonlyArray<Fetched>,
  args: (names: FileNames) => ReadonlyArray<string>
): Result =>
  make(
    context,
    inputs,
    (names) => [...args(names), ...common, "-movflags", "faststart", "-f", "mp4", names.output("result.mp4")],
    [["videoFile", "result.mp4", "video/mp4"]]
  )

/** The inputs of a rendition, and the arguments that encode or copy them. */
const renditionOf = (codecs: Codecs, context: StockContext) =>
  Effect.gen(function* () {
    const { input, output } = yield* read(Rendition, context)
    const { inputs, sound, video } = yield* fetchVideo(context, input)
    const hasVideo = output.resolution > 0
    const hasSound = !(hasVideo && output.separatedAudio)
    const args = (names: FileNames): ReadonlyArray<string> => [
      ...named(inputs, names),
      ...(hasVideo ? ["-map", "0:v:0", ...videoCoding(codecs, video, output)] : ["-vn"]),
      ...(hasSound ? [...lastAudio(inputs), ...audioCoding(codecs, sound)] : ["-an"])
    ]
    return { args, inputs, resolution: output.resolution }
  })

const hls = (codecs: Codecs) => (context: StockContext) =>
  Effect.gen(function* () {
    const { args, inputs, resolution } = yield* renditionOf(codecs, context)
    const name = `00000000-0000-4000-8000-000000000000-${resolution}`
    const [media, playlist] = [`${name}-fragmented.mp4`, `${name}.m3u8`]
    const command = (names: FileNames) => [
      ...[...args(names), ...common, "-f", "hls", "-hls_time", "4", "-hls_list_size", "0"],
      ...["-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
      ...["-hls_segment_filename", names.output(media), names.output(playlist)]
    ]
    return yield* make(context, inputs, command, [
      ["videoFile", media, "video/mp4"],
      ["resolutionPlaylistFile", playlist, "application/vnd.apple.mpegurl"]
    ])
  })

const webVideo = (codecs: Codecs) => (context: StockContext) =>
  Effect.flatMap(renditionOf(codecs, context), ({ args, inputs }) => makeMp4(context, inputs, args))

const audioMerge = (codecs: Codecs) => (context: StockContext) =>
  Effect.gen(function* () {
    const { input, output } = yield* read(Merge, context)
    const sound = yield* fetch(context, input.audioFileUrl, "audio")
    const inputs = [yield* fetch(context, input.previewFileUrl, "preview.jpg"), sound]
    return yield* makeMp4(context, inputs, (names) => [
      ...["-loop", "1", "-framerate", `${output.fps}`, "-i", names.input(0), "-i", names.input(1)],
      ...["-map", "0:v", "-map", "1:a", "-vf", `scale=-2:${output.resolution}`, "-tune", "stillimage"],
      ...["-t", `${Option.getOrElse(sound.summary.duration, () => 0)}`],
      ...[...x264(output.fps), ...audioCoding(codecs, sound)]
    ])
  })

/** A cut, which is always encoded. */
const cut = (context: StockContext) =>
  Effect.gen(function* () {
    const { input, tasks } = yield* read(Cut, context)
    const { end, start = 0 } = tasks[0].options
    const span = ["-ss", `${start}`, ...(end === undefined ? [] : ["-to", `${end}`])]
    const { inputs, sound, video } = yield* fetchVideo(context, input)
    return yield* makeMp4(context, inputs, (names) => [
      ...[...named(inputs, names, ...span), "-map", "0:v:0", ...lastAudio(inputs)],
      ...[...x264(video.summary.fps), ...audioCoding({ video: "libx264", audio: "aac" }, sound)]
    ])
  })

/** The job types of which results differ from those of the bundled runner. Edits must be a single cut. */
export const stockJobTypes = (codecs: Codecs): ReadonlyArray<StockJobType> => [
  { name: "vod-hls-transcoding", run: hls(codecs) },
  { name: "vod-web-video-transcoding", run: webVideo(codecs) },
  { name: "vod-audio-merge-transcoding", run: audioMerge(codecs) },
  { name: "video-studio-transcoding", run: cut }
]
