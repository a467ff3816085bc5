import { Effect } from "effect"
import { DjangoDatabase, type DjangoDatabaseError, type Row } from "./DjangoDatabase.ts"
import { nameInSql, type Table } from "./tables.ts"

type Read<A> = Effect.Effect<A, DjangoDatabaseError, DjangoDatabase>

/** Videos that are read at once, with their files and jobs. */
const PAGE = 200

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const select = (statement: string): Read<ReadonlyArray<Row>> =>
  Effect.flatMap(DjangoDatabase, (database) => database.select(statement))

/** Every row, in the order of creation. For the tables that have few. */
export const selectAll = (table: "runnerregistrationtoken" | "runner"): Read<ReadonlyArray<Row>> =>
  select(`SELECT * FROM ${nameInSql(table)} ORDER BY "createdAt", "id"`)

/** The next videos after this id. */
export const selectVideos = (after: string | undefined): Read<ReadonlyArray<Row>> =>
  select(`SELECT * FROM ${nameInSql("video")} ${after === undefined ? "" : `WHERE "id" > ${quoted(after)}`}
    ORDER BY "id" LIMIT ${PAGE}`)

/** The rows of one table that belong to these videos, by their ids. */
export const selectOfVideos = (
  table: "videofile" | "videostreamingplaylist",
  ids: ReadonlyArray<string>
): Read<ReadonlyArray<Row>> =>
  select(`SELECT * FROM ${nameInSql(table)} WHERE "video_id" IN (${ids.map(quoted).join(", ")})
    ORDER BY "createdAt", "id"`)

/** The jobs of these videos, by their UUIDs in hex, with the column `videoHex`. */
export const selectJobs = (videos: ReadonlyArray<string>): Read<ReadonlyArray<Row>> =>
  Effect.flatMap(DjangoDatabase, ({ dialect: { videoOfJob }, select }) =>
    select(`SELECT *, ${videoOfJob} AS "videoHex" FROM ${nameInSql("runnerjob")}
      WHERE ${videoOfJob} IN (${videos.map(quoted).join(", ")}) ORDER BY "createdAt", "id"`)
  )

/** The UUIDs in hex of videos with a job that a runner may hold. */
export const selectVideosInHand: Read<ReadonlySet<string>> = Effect.flatMap(
  DjangoDatabase,
  ({ dialect: { videoOfJob }, select }) =>
    Effect.map(
      select(`SELECT DISTINCT ${videoOfJob} AS "videoHex" FROM ${nameInSql("runnerjob")} WHERE "state" IN (2, 9)`),
      (rows) => new Set(rows.map(({ videoHex }) => String(videoHex)))
    )
)

/** The ids of rows that belong to no video. */
export const selectStrays = (
  table: Exclude<Table, "runner" | "runnerregistrationtoken" | "video">
): Read<ReadonlyArray<Row>> =>
  Effect.flatMap(DjangoDatabase, ({ dialect: { videoOfJob }, select }) => {
    const known = nameInSql("video")
    const stray =
      table === "runnerjob"
        ? `${videoOfJob} IS NULL OR ${videoOfJob} NOT IN
          (SELECT lower(replace(CAST("uuid" AS text), '-', '')) FROM ${known})`
        : `"video_id" IS NULL OR "video_id" NOT IN (SELECT "id" FROM ${known})`
    return select(`SELECT "id" FROM ${nameInSql(table)} WHERE ${stray} ORDER BY "id"`)
  })
