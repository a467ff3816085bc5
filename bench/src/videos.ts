import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { Rows } from "./rows.ts"

/** How far a video is. */
export interface Progress {
  readonly state: string
  readonly ended: boolean
  readonly files: number
  /** How it is made in chunks, if it is: `cutting`, `cut` or `whole`. */
  readonly chunking: string | null
}

const progressOf = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const rows = yield* sql<Progress>`
      SELECT state, ended_at IS NOT NULL AS ended, jsonb_array_length(files) AS files, chunking->>'state' AS chunking
      FROM runner_connector.video WHERE id = ${id}`
    return rows[0]
  })

const LONGEST = 10 * 60

/** Seconds until the video satisfies the condition. Fails after `longest` seconds. */
export const until = async (
  rows: Rows,
  id: string,
  began: number,
  isDone: (progress: Progress) => boolean,
  longest = LONGEST
): Promise<number> => {
  for (;;) {
    // A busy machine may refuse a connection. The next look follows.
    const progress = await rows.run(progressOf(id)).catch(() => undefined)
    const seconds = (performance.now() - began) / 1000
    if (progress !== undefined && isDone(progress)) return Math.round(seconds * 10) / 10
    if (seconds > longest) throw new Error(`The video was not done after ${longest} s: ${JSON.stringify(progress)}`)
    await sleep(100)
  }
}
