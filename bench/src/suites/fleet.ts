import { randomUUID } from "node:crypto"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { makeResults, type Results } from "../chunks/Results.ts"
import { simulate } from "../chunks/SimulatedRunner.ts"
import { makeFilm } from "../media.ts"
import { clearJobs, type Rows } from "../rows.ts"
import { addRegistrationToken } from "../runners.ts"
import { type Situation, submitVideo } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import { until } from "../videos.ts"

/** A film that was made by a fleet. */
export interface FleetResult {
  readonly runners: number
  readonly jobs: number
  /** How many jobs were accepted more than once. */
  readonly twice: number
  /** Seconds of work of all runners together. One runner needs at least as long. */
  readonly work: number
  /** Seconds until all renditions are there. */
  readonly seconds: number
}

const LONGEST = 4 * 3600

interface Run {
  readonly runners: number
  readonly speed: number
  readonly results: Results
  readonly film: Sizes["film"]
}

const make = async (situation: Situation, rows: Rows, { film, results, runners, speed }: Run): Promise<FleetResult> => {
  const server = await situation.startServer()
  await rows.run(clearJobs)
  const registrationToken = await addRegistrationToken(rows)
  const accepted = new Map<string, number>()
  let work = 0
  const counted: Results = {
    get: async (asked, input) => {
      const result = await results.get(asked, input)
      work += result.seconds / speed
      return result
    }
  }
  let isOver = false
  const fleet = {
    ...{ url: `http://127.0.0.1:${server.ready}`, registrationToken, results: counted, speed },
    onAccept: (uuid: string) => void accepted.set(uuid, (accepted.get(uuid) ?? 0) + 1),
    isOver: () => isOver
  }
  const began = performance.now()
  const id = String(
    await submitVideo(server, {
      ...{ path: "uploads/fleet.mp4", destination: `videos/${randomUUID()}`, plan: { graph: "chunked" } },
      settings: { resolutions: [360, 720, 1080], chunkMinDuration: film.chunkMinDuration }
    })
  )
  const working = Promise.all(Array.from({ length: runners }, () => simulate(fleet, randomUUID())))
  const ended = until(rows, id, began, (progress) => progress.ended, LONGEST)
  await Promise.race([ended, working.then(() => ended)])
  isOver = true
  await working
  const seconds = await ended
  await server.stop()
  const twice = [...accepted.values()].filter((count) => count > 1).length
  return { runners, jobs: accepted.size, twice, work: Math.round(10 * work) / 10, seconds }
}

/** The same film by fleets of growing size. Another fleet has made all results before, by FFmpeg. */
export const fleet = async (situation: Situation, rows: Rows, sizes: Sizes): Promise<ReadonlyArray<FleetResult>> => {
  const { film, fleets, fleetSpeed: speed } = sizes
  const folder = join(situation.folder, "storage", "uploads")
  await mkdir(folder, { recursive: true })
  await makeFilm(folder, "fleet.mp4", film.seconds)
  const results = makeResults(join(situation.folder, "results"))
  await make(situation, rows, { film, results, runners: 2, speed: Number.POSITIVE_INFINITY })
  const made: Array<FleetResult> = []
  for (const runners of fleets) made.push(await make(situation, rows, { film, results, runners, speed }))
  return made
}

const SHARE = 0.2
const LARGE = 8

/** Which goals are met. The work stands for the time of one runner that was not measured. */
export const goals = (results: ReadonlyArray<FleetResult>) => {
  const one = results.find(({ runners }) => runners === 1)
  const large = results.find(({ runners }) => runners === LARGE)
  const once = { "no chunk is made twice": results.every(({ twice }) => twice === 0) }
  if (large === undefined) return once
  const share = Math.round((1000 * large.seconds) / (one?.seconds ?? large.work)) / 1000
  return { [`${LARGE} runners take at most ${SHARE} of the time of one (${share})`]: share <= SHARE, ...once }
}
