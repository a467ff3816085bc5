import { createHash, randomUUID } from "node:crypto"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { start } from "../children.ts"
import { makeClip } from "../media.ts"
import { clearJobs, type Rows } from "../rows.ts"
import { handIn, type Situation } from "../situation.ts"

export interface PlayableResult {
  readonly runners: number
  /** Seconds since the submission of the video. */
  readonly firstPlayable: number
  readonly allRenditions: number
}

const addRegistrationToken = (token: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const hash = createHash("sha256").update(token).digest("hex")
    yield* sql`INSERT INTO runner_connector.registration_token (token_hash, hint, created_at, updated_at)
      VALUES (${hash}, 'bnch', now(), now())`
  })

const progressOf = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const rows = yield* sql<{ state: string; ended: boolean; files: number }>`
      SELECT state, ended_at IS NOT NULL AS ended, jsonb_array_length(files) AS files
      FROM runner_connector.video WHERE id = ${id}`
    return rows[0]
  })

const LONGEST = 10 * 60

/** Seconds until the video satisfies the condition. */
const until = async (
  rows: Rows,
  id: string,
  began: number,
  isDone: (p: { state: string; ended: boolean }) => boolean
) => {
  for (;;) {
    const progress = await rows.run(progressOf(id))
    const seconds = (performance.now() - began) / 1000
    if (progress !== undefined && isDone(progress)) return Math.round(seconds * 10) / 10
    if (seconds > LONGEST) throw new Error(`The video was not done after ${LONGEST} s: ${JSON.stringify(progress)}`)
    await sleep(50)
  }
}

/** Time from the submission of a 720p video to its first and its last rendition, by number of runners. */
export const playable = async (
  situation: Situation,
  rows: Rows,
  options: { readonly clipSeconds: number; readonly runners: number }
): Promise<PlayableResult> => {
  const { clipSeconds, runners: count } = options
  const sources = join(situation.folder, "storage", "uploads")
  await mkdir(sources, { recursive: true })
  await makeClip(sources, "clip.mp4", clipSeconds)
  const server = await situation.startServer()
  await rows.run(clearJobs)
  const token = `ptrrt-${randomUUID()}`
  await rows.run(addRegistrationToken(token))
  const runners = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      start("./runner.ts", {
        FOLDER: join(situation.folder, `runner-${count}-${index}`),
        REGISTRATION_TOKEN: token,
        RUNNER_NAME: `bench ${count} ${index}`,
        SERVER_URL: `http://127.0.0.1:${server.ready}`
      })
    )
  )
  await sleep(3000)
  const began = performance.now()
  const id = String(await handIn(server, { path: "uploads/clip.mp4", destination: `videos/${randomUUID()}` }))
  const firstPlayable = await until(rows, id, began, ({ state }) => state === "Published")
  const allRenditions = await until(rows, id, began, ({ ended }) => ended)
  await Promise.all(runners.map((runner) => runner.stop()))
  await server.stop()
  return { runners: count, firstPlayable, allRenditions }
}
