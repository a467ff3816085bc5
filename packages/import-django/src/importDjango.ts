import type { Persistence, RunnerStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option, Schema, Stream } from "effect"
import type { DjangoMedia } from "./DjangoMedia.ts"
import { DjangoDatabase, DjangoDatabaseError, type Row } from "./database/DjangoDatabase.ts"
import { selectJobs, selectOfVideos, selectStrays, selectVideos, selectVideosInHand } from "./database/queries.ts"
import { FileRow, JobRow, nameInSql, PlaylistRow, type Table, tables, VideoRow } from "./database/tables.ts"
import { decodeRows } from "./decodeRows.ts"
import * as ImportReport from "./ImportReport.ts"
import { importRunners } from "./importRunners.ts"
import { importVideo, type VideoContext, type VideoNeeds, type VideoRows } from "./importVideo.ts"

export interface ImportOptions {
  readonly media: DjangoMedia
  /** Reads and reports everything, and writes nothing. */
  readonly dryRun?: boolean | undefined
  /** Called with the report so far, after each page of videos. */
  readonly onProgress?: ((report: ImportReport.ImportReport) => Effect.Effect<void>) | undefined
}

const hexOf = (uuid: string): string => uuid.replaceAll("-", "").toLowerCase()

/** Fails when the database has none of the original's tables. */
const checkTables = Effect.gen(function* () {
  const { select } = yield* DjangoDatabase
  for (const table of tables) {
    yield* Effect.mapError(
      select(`SELECT 1 AS one FROM ${nameInSql(table)} LIMIT 1`),
      ({ message }) =>
        new DjangoDatabaseError({
          message: `The table ${nameInSql(table)} of django-peertube-runner-connector cannot be read. ${message}`
        })
    )
  }
})

const JobOfVideo = Schema.Struct({ ...JobRow.fields, videoHex: Schema.String })

/** The rows that are skipped with their video, which cannot be read. */
const leftOver = (table: Table, groups: Record<string, ReadonlyArray<unknown>>, isKnown: (id: string) => boolean) =>
  ImportReport.counted(
    table,
    "skipped",
    Object.entries(groups).reduce((sum, [id, rows]) => (isKnown(id) ? sum : sum + rows.length), 0)
  )

/** The videos of a page with their rows. */
const assemble = (page: ReadonlyArray<Row>) =>
  Effect.gen(function* () {
    if (page.length === 0) return { assembled: [], report: ImportReport.empty }
    const ids = page.map(({ id }) => String(id))
    const videos = decodeRows("video", VideoRow, page)
    const files = decodeRows("videofile", FileRow, yield* selectOfVideos("videofile", ids))
    const playlistRows = yield* selectOfVideos("videostreamingplaylist", ids)
    const playlists = decodeRows("videostreamingplaylist", PlaylistRow, playlistRows)
    const jobs = decodeRows("runnerjob", JobOfVideo, yield* selectJobs(page.map(({ uuid }) => hexOf(String(uuid)))))
    const filesOf = Arr.groupBy(files.rows, ({ video_id }) => video_id)
    const playlistsOf = Arr.groupBy(playlists.rows, ({ video_id }) => video_id)
    const jobsOf = Arr.groupBy(jobs.rows, ({ videoHex }) => videoHex)
    const assembled = videos.rows.map(
      (row): VideoRows => ({
        row,
        files: filesOf[row.id] ?? [],
        playlists: playlistsOf[row.id]?.length ?? 0,
        jobs: jobsOf[hexOf(row.uuid)] ?? []
      })
    )
    const known = new Set(videos.rows.flatMap(({ id, uuid }) => [id, hexOf(uuid)]))
    const isKnown = (id: string) => known.has(id)
    const report = ImportReport.combineAll([
      ...[videos, files, playlists, jobs].map((part) => part.report),
      leftOver("videofile", filesOf, isKnown),
      leftOver("videostreamingplaylist", playlistsOf, isKnown),
      leftOver("runnerjob", jobsOf, isKnown)
    ])
    return { assembled, report }
  })

/** Every page of videos. */
const pages = Stream.paginateEffect(undefined as string | undefined, (after) =>
  Effect.map(selectVideos(after), (page) => {
    const last = page.at(-1)
    return [page, last === undefined ? Option.none() : Option.some(String(last.id))] as const
  })
)

/** Imports the videos that `isWanted` chooses. */
const importVideos = (
  isWanted: (hex: string) => boolean,
  context: VideoContext,
  { onProgress = () => Effect.void }: ImportOptions,
  before: ImportReport.ImportReport
) =>
  Stream.runFoldEffect(pages, before, (report, page) =>
    Effect.gen(function* () {
      const { assembled, report: ofRows } = yield* assemble(page.filter(({ uuid }) => isWanted(hexOf(String(uuid)))))
      const parts = yield* Effect.forEach(assembled, (rows) => importVideo(rows, context))
      const next = ImportReport.combineAll([report, ofRows, ...parts])
      yield* onProgress(next)
      return next
    })
  )

const strays = Effect.map(
  Effect.forEach(["videostreamingplaylist", "videofile", "runnerjob"] as const, (table) =>
    Effect.map(selectStrays(table), (rows) =>
      rows.map(({ id }) => ImportReport.skipped(table, String(id), "it belongs to no video"))
    )
  ),
  (found) => ImportReport.combineAll(found.flat())
)

/**
 * Imports registration tokens, runners, videos, files and jobs. What was imported before is left as it is, so that an
 * interrupted import can be repeated. A broken row is reported and does not stop the import.
 *
 * Videos with jobs in hand are imported last: a runner that could not report during the import keeps its job for the usual
 * time of silence from then on.
 */
export const importDjango = (
  options: ImportOptions
): Effect.Effect<
  ImportReport.ImportReport,
  DjangoDatabaseError | Persistence.PersistenceError,
  DjangoDatabase | RunnerStore.RunnerStore | VideoNeeds
> =>
  Effect.gen(function* () {
    const { dryRun = false, media } = options
    yield* checkTables
    const { report: first, runners } = yield* importRunners(dryRun)
    const context = { media, runners, dryRun }
    const inHand = yield* selectVideosInHand
    const others = yield* importVideos((hex) => !inHand.has(hex), context, options, first)
    const all = yield* importVideos((hex) => inHand.has(hex), context, options, others)
    return ImportReport.combine(all, yield* strays)
  }).pipe(Effect.withSpan("importDjango"))
