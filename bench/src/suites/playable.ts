import { randomUUID } from "node:crypto"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { makeClip } from "../media.ts"
import { clearJobs, type Rows } from "../rows.ts"
import { startRunners } from "../runners.ts"
import { type Situation, submitVideo } from "../situation.ts"
import { until } from "../videos.ts"

export interface PlayableResult {
  readonly runners: number
  /** Seconds since the submission of the video. */
  readonly firstPlayable: number
  readonly allRenditions: number
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
  const runners = await startRunners(situation, rows, { count, port: server.ready })
  const began = performance.now()
  const id = String(await submitVideo(server, { path: "uploads/clip.mp4", destination: `videos/${randomUUID()}` }))
  const firstPlayable = await until(rows, id, began, ({ state }) => state === "Published")
  const allRenditions = await until(rows, id, began, ({ ended }) => ended)
  await runners.stop()
  await server.stop()
  return { runners: count, firstPlayable, allRenditions }
}
