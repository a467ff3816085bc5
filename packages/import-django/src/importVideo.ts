import {
  Captions,
  ConnectorConfig,
  FileNames,
  FileStorage,
  HlsPlaylist,
  Ids,
  type MediaProbe,
  Tokens,
  type Video,
  VideoMachine,
  VideoStore
} from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Either, Option, Redacted, Stream } from "effect"
import { type DjangoMedia, findFirst } from "./DjangoMedia.ts"
import type { FileRow, JobRow, VideoRow } from "./database/tables.ts"
import { examine } from "./examine.ts"
import * as ImportReport from "./ImportReport.ts"
import { storedReports } from "./mapping/file.ts"
import { jobsOf } from "./mapping/job.ts"
import { candidates, isIn, placeOf } from "./mapping/place.ts"
import type { KnownRunners } from "./mapping/runner.ts"
import { keysOf, languageOf, videoOf } from "./mapping/video.ts"

/** A video with the rows that belong to it. */
export interface VideoRows {
  readonly row: VideoRow
  readonly files: ReadonlyArray<FileRow>
  readonly jobs: ReadonlyArray<JobRow>
  readonly playlists: number
}

export interface VideoContext {
  readonly media: DjangoMedia
  readonly runners: KnownRunners
  readonly dryRun: boolean
}

/** The ports that the import of a video uses. */
export type VideoNeeds =
  | VideoStore.VideoStore
  | FileStorage.FileStorage
  | MediaProbe.MediaProbe
  | ConnectorConfig.ConnectorConfig

/** Files of one video that are copied at once. */
const AT_ONCE = 4

const openStates: ReadonlySet<number> = new Set([1, 2, 5, 9])

const hashTokens = (rows: ReadonlyArray<JobRow>) =>
  Effect.map(
    Effect.forEach(rows, ({ id, processingJobToken }) =>
      processingJobToken === null
        ? Effect.succeedNone
        : Effect.asSome(
            Effect.map(Tokens.hashJobToken(Redacted.make(processingJobToken)), (hash) => [id, hash] as const)
          )
    ),
    (hashes) => new Map(Arr.getSomes(hashes))
  )

/** The files of the video in the storage, and the report about the others. */
const findFiles = ({ files, jobs, row }: VideoRows, place: FileNames.Place, { media }: VideoContext) =>
  Effect.gen(function* () {
    const isOpen = jobs.some(({ state }) => openStates.has(state))
    const examined = yield* Effect.forEach(files, (file) =>
      Effect.map(
        examine(file, { media, place, isOpen }),
        Either.mapLeft((reason) => ImportReport.skipped("videofile", file.id, reason))
      )
    )
    const [missing, found] = Arr.separate(examined)
    const keyOf = (name: string | null) =>
      Effect.map(
        findFirst(media, candidates(name, place)),
        Option.map(({ key }) => key)
      )
    const transcript = Option.filter(yield* keyOf(row.transcriptFileName), (key) => isIn(key, place))
    return {
      files: found,
      thumbnail: yield* keyOf(row.thumbnailFilename),
      transcript,
      report: ImportReport.combineAll([...missing, ImportReport.counted("videofile", "imported", found.length)])
    }
  })

/** What the video loses, although it is imported. */
const lossesOf = ({ row }: VideoRows, video: Video.NewVideo, hasOpenJobs: boolean): ImportReport.ImportReport => {
  const note = (isLost: boolean, reason: string) =>
    isLost ? ImportReport.changed("video", row.uuid, reason) : ImportReport.empty
  const hasInput = Option.isSome(video.sourceKey) || video.files.length > 0 || video.webVideos.length > 0
  return ImportReport.combineAll([
    note(
      row.state === 1 && video.state !== "Published",
      `it was published, but has nothing to play: ${video.state} now`
    ),
    note(hasOpenJobs && !hasInput, "it has open jobs, but no source: they will fail"),
    note(row.transcriptFileName !== null && video.captions.length === 0, "its captions or their language are missing"),
    note(row.thumbnailFilename !== null && Option.isNone(video.thumbnailKey), "its thumbnail is missing"),
    note(row.language !== null && Option.isNone(languageOf(row)), `its language ${row.language} is not a language code`)
  ])
}

const text = (content: string) => Stream.encodeText(Stream.make(content))

const playlistType = { contentType: "application/vnd.apple.mpegurl" }

/** Writes the playlists of captions and a new master playlist with every rendition. Those of the original stay. */
const writePlaylists = (video: Video.NewVideo) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const duration = Option.getOrElse(VideoMachine.durationOf(video), () => 0)
    for (const { key, playlistKey } of video.captions) {
      const playlist = Captions.subtitlePlaylist(FileNames.nameOf(key), duration)
      yield* storage.write(playlistKey, text(playlist), playlistType)
    }
    const master = HlsPlaylist.masterPlaylist(video.files, video.captions)
    yield* Effect.forEach(Option.toArray(video.playlistKey), (key) => storage.write(key, text(master), playlistType))
  })

/** Imports a video that is not there yet. The row is written last, so an interrupted import starts again. */
const importNew = (rows: VideoRows, place: FileNames.Place, context: VideoContext) =>
  Effect.gen(function* () {
    const { plan, transcoding } = yield* ConnectorConfig.ConnectorConfig
    const videos = yield* VideoStore.VideoStore
    const { report: ofFiles, ...found } = yield* findFiles(rows, place, context)
    const hashes = yield* hashTokens(rows.jobs)
    const jobContext = {
      ...{ videoId: Ids.VideoId.make(rows.row.uuid), place, runners: context.runners, hashes },
      maxFailures: transcoding.maxFailures
    }
    const mapJobs = Effect.map(DateTime.now, (now) => jobsOf(rows.jobs, { ...jobContext, now }))
    const { jobs, report: ofJobs } = yield* mapJobs
    const parts = { row: rows.row, place, ...found, jobRows: rows.jobs, plan: { ...plan, settings: transcoding } }
    const video = videoOf({ ...parts, jobs })
    if (!context.dryRun) {
      yield* Effect.forEach(keysOf(video), context.media.bring, { concurrency: AT_ONCE, discard: true })
      yield* writePlaylists(video)
      // Mapped again, because the leases of jobs in hand are renewed now.
      yield* videos.insert(video, (yield* mapJobs).jobs, [], found.files.flatMap(storedReports))
    }
    return ImportReport.combineAll([
      ImportReport.importedAs("video", video.state),
      ImportReport.counted("videostreamingplaylist", "imported", rows.playlists),
      lossesOf(rows, video, Option.isNone(video.endedAt)),
      ofFiles,
      ofJobs
    ])
  })

/** The same fate for the video and all its rows. */
const allOf = ({ files, jobs, playlists }: VideoRows, fate: "present" | "skipped") =>
  ImportReport.combineAll([
    ImportReport.counted("videofile", fate, files.length),
    ImportReport.counted("videostreamingplaylist", fate, playlists),
    ImportReport.counted("runnerjob", fate, jobs.length)
  ])

const skip = (rows: VideoRows, reason: string): ImportReport.ImportReport =>
  ImportReport.combine(
    ImportReport.skipped("video", rows.row.uuid, `${reason}. Its files and jobs are skipped as well`),
    allOf(rows, "skipped")
  )

/** Imports one video with its jobs in one transaction, or nothing of it. Never fails: the report has the reason. */
export const importVideo = (
  rows: VideoRows,
  context: VideoContext
): Effect.Effect<ImportReport.ImportReport, never, VideoNeeds> =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const place = placeOf(rows.row)
    if (Option.isNone(place)) return skip(rows, `its directory "${rows.row.directory}" is no folder of the storage`)
    const known = yield* videos.find(Ids.VideoId.make(rows.row.uuid))
    return Option.isSome(known)
      ? ImportReport.combine(ImportReport.counted("video", "present"), allOf(rows, "present"))
      : yield* importNew(rows, place.value, context)
  }).pipe(
    Effect.catchAllDefect((defect) => Effect.fail(defect instanceof Error ? defect : new Error(String(defect)))),
    Effect.catchAll(({ message }) =>
      Effect.succeed({ ...skip(rows, `it could not be imported now: ${message}`), failed: 1 })
    ),
    Effect.withSpan("importVideo", { attributes: { video: rows.row.uuid } })
  )
