import {
  type Captions,
  type FileKey,
  FileNames,
  Ids,
  Languages,
  type MediaSummary,
  RunnerJob,
  type TranscodingPlan,
  Video,
  VideoMachine
} from "@runner-connector/core"
import { Array as Arr, type DateTime, Either, Option, Order } from "effect"
import type { JobRow, VideoRow } from "../database/tables.ts"
import { type FoundFile, mediaOf, summaryOf } from "./file.ts"
import { deletesSource } from "./jobContent.ts"

/** The rows and files of one video that are there. */
export interface VideoParts {
  readonly row: VideoRow
  readonly place: FileNames.Place
  readonly files: ReadonlyArray<FoundFile>
  readonly thumbnail: Option.Option<FileKey.FileKey>
  readonly transcript: Option.Option<FileKey.FileKey>
  readonly jobRows: ReadonlyArray<JobRow>
  readonly jobs: ReadonlyArray<RunnerJob.RunnerJob>
  /** The plan that a new video would get. */
  readonly plan: TranscodingPlan.TranscodingPlan
}

const ofRole = (files: ReadonlyArray<FoundFile>, role: FoundFile["role"]) => files.filter((file) => file.role === role)

const byResolution = Order.mapInput(Order.number, ({ row }: FoundFile) => row.resolution)

/** The facts of the source: of the temporary source, otherwise of the best file. Its tracks are those of all files. */
const sourceOf = ({ files, row }: VideoParts): MediaSummary.MediaSummary => {
  const [source] = ofRole(files, "source")
  const best = source ?? Arr.last(Arr.sort(files, byResolution)).pipe(Option.getOrUndefined)
  const stated = Option.filter(Option.fromNullable(row.duration), (seconds) => seconds > 0)
  if (best === undefined) {
    return { duration: stated, size: 0, hasVideo: false, hasAudio: true, width: 0, height: 0, fps: 0 }
  }
  const summary = summaryOf(best)
  if (source !== undefined) return { ...summary, duration: Option.orElse(summary.duration, () => stated) }
  // The times of a rendition say nothing about those of the source.
  const { heard: _, shown: __, ...rest } = summary
  return {
    ...rest,
    duration: Option.orElse(summary.duration, () => stated),
    hasAudio: files.some((file) => summaryOf(file).hasAudio)
  }
}

const separates = ({ payload }: RunnerJob.RunnerJob): boolean =>
  (payload as { readonly output?: { readonly separatedAudio?: boolean } }).output?.separatedAudio === true

/** True when the sound has a rendition of its own. */
const isSplit = (files: ReadonlyArray<Video.VideoFile>): boolean =>
  files.some(({ hasVideo }) => !hasVideo) && files.some(({ hasAudio, hasVideo }) => hasVideo && !hasAudio)

/** What would be made of the video, with what the original has made of it. */
const planOf = ({ files, jobRows, jobs, plan }: VideoParts, renditions: ReadonlyArray<Video.VideoFile>) => ({
  ...plan,
  hls: true,
  webVideos: ofRole(files, "progressive").length > 0 || jobs.some(({ type }) => type === "vod-web-video-transcoding"),
  splitAudio: isSplit(renditions) || jobs.some(separates),
  audioMerge: jobs.some(({ type }) => type === "vod-audio-merge-transcoding"),
  keepSource: !jobRows.some(deletesSource),
  storyboard: false
})

const captionsOf = ({ place, row, transcript }: VideoParts): ReadonlyArray<Captions.Caption> =>
  Option.match(Option.all([transcript, languageOf(row)]), {
    onNone: () => [],
    onSome: ([key, language]) => [
      {
        language,
        label: Languages.languageLabel(language),
        automatic: true,
        key,
        playlistKey: FileNames.captionPlaylistKey(place, row.id)
      }
    ]
  })

/** The language of a video. None when it is unknown or not a language code. */
export const languageOf = ({ language }: Pick<VideoRow, "language">): Option.Option<Languages.Language> =>
  Option.flatMap(Option.fromNullable(language), (text) => Either.getRight(Languages.parseLanguage(text)))

const latest = (moments: ReadonlyArray<DateTime.Utc>, otherwise: DateTime.Utc): DateTime.Utc =>
  moments.reduce((a, b) => (a.epochMillis > b.epochMillis ? a : b), moments[0] ?? otherwise)

/** True when nobody transcodes the video here: it has captions at most. */
const isCaptionsOnly = ({ files, jobs, transcript }: VideoParts): boolean =>
  files.length === 0 && jobs.every(({ awaited }) => !awaited) && (Option.isSome(transcript) || jobs.length > 0)

/** State and end by its files and jobs, because the counters of the original drift. */
const ended = (video: Video.NewVideo, parts: VideoParts): Video.NewVideo => {
  const { jobs, row } = parts
  const isOpen = !RunnerJob.haveEnded(jobs)
  const unplayable = isOpen ? "ToTranscode" : isCaptionsOnly(parts) ? "ToImport" : "TranscodingFailed"
  const ends = jobs.flatMap(({ awaited, finishedAt }) => (awaited ? Option.toArray(finishedAt) : []))
  return {
    ...video,
    state: VideoMachine.isPlayable(video) ? "Published" : unplayable,
    endedAt: isOpen ? Option.none() : Option.some(latest(ends, row.updatedAt))
  }
}

/** Maps a video with its files. */
export const videoOf = (parts: VideoParts): Video.NewVideo => {
  const { files, place, row, thumbnail } = parts
  const renditions = Arr.sort(ofRole(files, "rendition"), byResolution).flatMap((file) =>
    Option.toArray(Option.map(file.playlistKey, (playlistKey) => ({ ...mediaOf(file), playlistKey })))
  )
  const captions = captionsOf(parts)
  const video = Video.newVideo({
    id: Ids.VideoId.make(row.uuid),
    source: sourceOf(parts),
    plan: planOf(parts, renditions),
    destination: place.destination,
    baseName: place.baseName,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    sourceKey: Option.map(Arr.head(ofRole(files, "source")), ({ key }) => key),
    thumbnailKey: thumbnail,
    files: renditions,
    webVideos: Arr.sort(ofRole(files, "progressive"), byResolution).map(mediaOf),
    language: languageOf(row),
    captions
  })
  const isListed = VideoMachine.hasStreams(video)
  return ended(
    { ...video, playlistKey: isListed ? Option.some(FileNames.masterKey(place, row.id)) : Option.none() },
    parts
  )
}

/** Every file of the original that the video uses. */
export const keysOf = ({ captions, files, sourceKey, thumbnailKey, webVideos }: Video.NewVideo) => [
  ...Option.toArray(sourceKey),
  ...Option.toArray(thumbnailKey),
  ...files.flatMap(({ key, playlistKey }) => [key, playlistKey]),
  ...webVideos.map(({ key }) => key),
  ...captions.map(({ key }) => key)
]
