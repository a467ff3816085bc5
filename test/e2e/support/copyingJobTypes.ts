import { join } from "node:path"
import { MediaFacts, ProbeReport, SourceTracks } from "@runner-connector/core"
import { Ffmpeg, type FileNames } from "@runner-connector/ffmpeg"
import { type JobType, LocalRunner } from "@runner-connector/local-runner"
import { Effect, Option, Schema } from "effect"

/**
 * Job types that produce results like the real runner 0.4. AAC is copied, also from separate files, and so is H.264 with the
 * requested size and rate. Edit lists are left as FFmpeg writes them, while the bundled runner writes none.
 */

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

const Studio = Schema.Struct({
  input: Rendition.fields.input,
  tasks: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      options: Schema.Struct({ start: Schema.optional(Schema.Number), end: Schema.optional(Schema.Number) })
    })
  )
})

const read = <A, I>(schema: Schema.Schema<A, I>, { payload }: JobType.JobContext) =>
  Effect.orDie(Schema.decodeUnknown(schema)(payload))

/** A file of a job and its probe result. */
const fetch = (context: JobType.JobContext, url: string, name: string) =>
  Effect.gen(function* () {
    const path = yield* context.download(url, name)
    const { ffprobe } = yield* Ffmpeg
    const json = yield* ffprobe({ input: { path }, arguments: ["-show_format", "-show_streams"] })
    const report = yield* Effect.orDie(Schema.decodeUnknown(ProbeReport.ProbeReport)(json))
    return { path, summary: MediaFacts.summarize(report), tracks: SourceTracks.sourceTracks(report) }
  })
type Fetched = Effect.Effect.Success<ReturnType<typeof fetch>>

const isCodec = (track: Option.Option<SourceTracks.Track>, name: string): boolean =>
  Option.exists(track, ({ codec }) => Option.contains(codec, name))

const audioCodec = (file: Fetched): ReadonlyArray<string> =>
  isCodec(file.tracks.audio, "aac") ? ["-c:a", "copy"] : ["-c:a", "aac", "-b:a", "192k", "-ac", "2"]

const x264 = (fps: number): ReadonlyArray<string> => [
  ...["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-r", `${fps}`, "-g", `${2 * fps}`]
]

const videoCodec = ({ summary, tracks }: Fetched, { fps, resolution }: Rendition["output"], copies: boolean) => {
  const fits = Math.min(summary.width, summary.height) === resolution && summary.fps === fps
  if (copies && fits && isCodec(tracks.video, "h264")) return ["-c:v", "copy"]
  const scale = summary.height > summary.width ? `scale=${resolution}:-2` : `scale=-2:${resolution}`
  return ["-vf", scale, ...x264(fps)]
}

/** Runs FFmpeg in the job's folder and returns the files under their payload names. */
const make = (
  context: JobType.JobContext,
  inputs: ReadonlyArray<Fetched>,
  args: (names: FileNames) => ReadonlyArray<string>,
  files: ReadonlyArray<readonly [field: string, fileName: string, contentType: string]>
) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({
      inputs: inputs.map(({ path }) => ({ path })),
      outputDirectory: context.directory,
      arguments: args
    })
    const made = files.map(([field, fileName, contentType]) => ({
      ...{ field, fileName, contentType },
      path: join(context.directory, fileName)
    }))
    return { fields: {}, files: made }
  })

const common = ["-max_muxing_queue_size", "1024", "-map_metadata", "-1"]

/** The inputs of a rendition, and the arguments that encode or copy them. */
const renditionOf = (context: JobType.JobContext, { input, output }: Rendition, copies: boolean) =>
  Effect.gen(function* () {
    const video = yield* fetch(context, input.videoFileUrl, "video")
    const [soundUrl] = input.separatedAudioFileUrl
    const sound = soundUrl === undefined ? undefined : yield* fetch(context, soundUrl, "audio")
    const inputs = sound === undefined ? [video] : [video, sound]
    const hasVideo = output.resolution > 0
    const hasSound = !(hasVideo && output.separatedAudio)
    const args = ({ input: name }: FileNames): ReadonlyArray<string> => [
      ...inputs.flatMap((_, n) => ["-i", name(n)]),
      ...(hasVideo ? ["-map", "0:v:0", ...videoCodec(video, output, copies)] : ["-vn"]),
      ...(hasSound ? ["-map", `${inputs.length - 1}:a?`, ...audioCodec(sound ?? video)] : ["-an"]),
      ...common
    ]
    return { inputs, args }
  })

const hls: JobType.JobType = {
  name: "vod-hls-transcoding",
  run: (context) =>
    Effect.gen(function* () {
      const payload = yield* read(Rendition, context)
      const { args, inputs } = yield* renditionOf(context, payload, true)
      const name = `00000000-0000-4000-8000-000000000000-${payload.output.resolution}`
      const [media, playlist] = [`${name}-fragmented.mp4`, `${name}.m3u8`]
      const segments = ["-f", "hls", "-hls_time", "4", "-hls_list_size", "0", "-hls_playlist_type", "vod"]
      return yield* make(
        context,
        inputs,
        (names) => [
          ...[...args(names), ...segments, "-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
          ...["-hls_segment_filename", names.output(media), names.output(playlist)]
        ],
        [
          ["videoFile", media, "video/mp4"],
          ["resolutionPlaylistFile", playlist, "application/vnd.apple.mpegurl"]
        ]
      )
    })
}

const progressive = ["-movflags", "faststart", "-f", "mp4"]
const videoFile = [["videoFile", "result.mp4", "video/mp4"]] as const

const webVideo: JobType.JobType = {
  name: "vod-web-video-transcoding",
  run: (context) =>
    Effect.gen(function* () {
      const { args, inputs } = yield* renditionOf(context, yield* read(Rendition, context), false)
      const command = (names: FileNames) => [...args(names), ...progressive, names.output("result.mp4")]
      return yield* make(context, inputs, command, videoFile)
    })
}

const audioMerge: JobType.JobType = {
  name: "vod-audio-merge-transcoding",
  run: (context) =>
    Effect.gen(function* () {
      const { input, output } = yield* read(Merge, context)
      const sound = yield* fetch(context, input.audioFileUrl, "audio")
      const picture = yield* fetch(context, input.previewFileUrl, "preview.jpg")
      const command = (names: FileNames) => [
        ...["-loop", "1", "-framerate", `${output.fps}`, "-i", names.input(0), "-i", names.input(1)],
        ...["-map", "0:v", "-map", "1:a", "-vf", `scale=-2:${output.resolution}`, "-tune", "stillimage"],
        ...["-t", `${Option.getOrElse(sound.summary.duration, () => 0)}`],
        ...[...x264(output.fps), ...audioCodec(sound), ...common, ...progressive],
        names.output("result.mp4")
      ]
      return yield* make(context, [picture, sound], command, videoFile)
    })
}

const builtInStudio = LocalRunner.builtInJobTypes.find(({ name }) => name === "video-studio-transcoding")

/** Copies the audio of a cut. The bundled runner does all other tasks. */
const studio: JobType.JobType = {
  name: "video-studio-transcoding",
  run: (context) =>
    Effect.gen(function* () {
      const { input, tasks } = yield* read(Studio, context)
      const [task, ...others] = tasks
      if (builtInStudio !== undefined && (task?.name !== "cut" || others.length > 0)) {
        return yield* builtInStudio.run(context)
      }
      const output = { resolution: 1, fps: 0, separatedAudio: false }
      const { inputs } = yield* renditionOf(context, { input, output }, false)
      const { end, start = 0 } = task?.options ?? {}
      const span = ["-ss", `${start}`, ...(end === undefined ? [] : ["-to", `${end}`])]
      const [video, sound = video] = inputs
      const command = (names: FileNames) => [
        ...inputs.flatMap((_, n) => [...span, "-i", names.input(n)]),
        ...["-map", "0:v:0", "-map", `${inputs.length - 1}:a?`],
        ...[...x264(video?.summary.fps ?? 25), ...(sound === undefined ? [] : audioCodec(sound))],
        ...[...common, ...progressive, names.output("result.mp4")]
      ]
      return yield* make(context, inputs, command, videoFile)
    })
}

const own: ReadonlyArray<JobType.JobType> = [hls, webVideo, audioMerge, studio]

/** All job types. The bundled runner handles those for which the real runner copies nothing. */
export const copyingJobTypes: ReadonlyArray<JobType.JobType> = [
  ...own,
  ...LocalRunner.builtInJobTypes.filter(({ name }) => own.every((type) => type.name !== name))
]
