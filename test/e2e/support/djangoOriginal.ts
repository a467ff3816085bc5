import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import sqlite from "node-sqlite3-wasm"
import { type Rows, statementsFor } from "../../fixtures/django/schema.ts"
import {
  emptyRows,
  held,
  job,
  registrationToken,
  runner,
  source,
  sourceName,
  uuid,
  video
} from "../../fixtures/django/world.ts"
import { fixture } from "./clips.ts"

/** The numbers of its videos. */
export const VIDEOS = [1, 2, 3, 4, 5]
const JOBS_PER_VIDEO = 10

/** Its first job has been Processing for years, because its runner disappeared. The original releases no such job. */
const STUCK = 5
/** The videos whose first job a runner holds. */
export const RUNNING = VIDEOS.filter((number) => number !== STUCK)

/** Read when the rows are made, because several tests share this module. */
const someMinutesAgo = () => new Date(Date.now() - 180_000).toISOString()

/** The first job of a video is held by a runner, the last one waits for it. */
const jobsOf = (number: number) =>
  Array.from({ length: JOBS_PER_VIDEO }, (_, index) => {
    const id = number * 100 + index
    if (index === 0) return held(id, number, 1 + (number % 2), number === STUCK ? {} : { startedAt: someMinutesAgo() })
    return index === JOBS_PER_VIDEO - 1
      ? job(id, number, 5, { dependsOnRunnerJob_id: uuid(6, number * 100) })
      : job(id, number, 1)
  })

const makeRows = (): Rows => ({
  ...emptyRows,
  runnerregistrationtoken: [registrationToken(1)],
  runner: [runner(1), runner(2)],
  video: VIDEOS.map((number) => video(number)),
  videofile: VIDEOS.map((number) => source(number, null)),
  runnerjob: VIDEOS.flatMap(jobsOf)
})

/** The database and the media folder of the original. */
export const makeOriginal = (folder: string) =>
  Effect.promise(async () => {
    const media = join(folder, "media")
    for (const number of VIDEOS) {
      const file = join(media, sourceName(number))
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, await readFile(fixture("moov-last.mp4")))
    }
    const file = join(folder, "db.sqlite3")
    const database = new sqlite.Database(file)
    database.exec(["BEGIN", ...statementsFor("sqlite", makeRows()), "COMMIT"].join(";\n"))
    database.close()
    return { media, file }
  })
