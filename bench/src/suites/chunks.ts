import { randomUUID } from "node:crypto"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { makeFilm } from "../media.ts"
import { clearJobs, type Rows } from "../rows.ts"
import { startRunners } from "../runners.ts"
import { type Situation, submitVideo } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import { until } from "../videos.ts"

/** The time until a video can be played. */
export interface Playable {
  /** Seconds of the video. */
  readonly film: number
  readonly graph: "auto" | "chunked" | "parallel"
  /** `cut` or `cutting`, or `whole`. */
  readonly made: string
  /** Seconds since its last byte was there. */
  readonly playable: number
}

/** The longest that a whole rendition takes. Seconds. */
const LONGEST = 4 * 3600

const settings = { resolutions: [360, 720, 1080] } as const

/** One video, with a server and one local runner of its own. Stops both when the video can be played. */
const measure = async (
  situation: Situation,
  rows: Rows,
  { chunkMinDuration, film, graph }: Pick<Playable, "film" | "graph"> & Sizes["film"] & { readonly film: number }
): Promise<Playable> => {
  const server = await situation.startServer()
  await rows.run(clearJobs)
  const runners = await startRunners(situation, rows, { count: 1, port: server.ready })
  const began = performance.now()
  const id = String(
    await submitVideo(server, {
      ...{ path: `uploads/film-${film}.mp4`, destination: `videos/${randomUUID()}` },
      ...{ plan: { graph }, settings: { ...settings, chunkMinDuration } }
    })
  )
  let made = "whole"
  const playable = await until(
    rows,
    id,
    began,
    ({ chunking, state }) => {
      made = chunking ?? "whole"
      return state === "Published"
    },
    LONGEST
  )
  // A runner that stops would finish its job, which takes long. It gives up a job that is gone.
  await rows.run(clearJobs)
  await runners.stop()
  await server.stop()
  return { film, graph, made, playable }
}

/** A long film in chunks, a short clip, and the same film whole: how soon each can be played. */
export const chunks = async (situation: Situation, rows: Rows, { film }: Sizes): Promise<ReadonlyArray<Playable>> => {
  const folder = join(situation.folder, "storage", "uploads")
  await mkdir(folder, { recursive: true })
  for (const seconds of [film.seconds, film.clipSeconds]) await makeFilm(folder, `film-${seconds}.mp4`, seconds)
  const cases = [
    { film: film.clipSeconds, graph: "auto" },
    { film: film.seconds, graph: "chunked" },
    { film: film.seconds, graph: "parallel" }
  ] as const
  const results: Array<Playable> = []
  for (const one of cases) results.push(await measure(situation, rows, { ...film, ...one }))
  return results
}

const CHUNKED = 15
const RATIO = 1.5

/** Which goals are met. */
export const goals = (results: ReadonlyArray<Playable>) => {
  const [clip, film] = results
  if (clip === undefined || film === undefined) return {}
  const ratio = Math.round((100 * film.playable) / clip.playable) / 100
  return {
    [`playable within ${CHUNKED} s`]: film.playable <= CHUNKED,
    [`within ${RATIO} times of the clip (${ratio})`]: ratio <= RATIO
  }
}
