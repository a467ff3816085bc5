import { setTimeout as sleep } from "node:timers/promises"
import type { Asked } from "../media.ts"
import type { Result, Results } from "./Results.ts"

/** A fleet of runners. They take as long as FFmpeg did, divided by `speed`, and do not use the CPU meanwhile. */
export interface Fleet {
  readonly url: string
  readonly registrationToken: string
  readonly results: Results
  readonly speed: number
  /** Notes each accepted job. */
  readonly onAccept: (uuid: string) => void
  readonly isOver: () => boolean
}

interface Job {
  readonly uuid: string
  readonly jobToken: string
  readonly payload: { readonly input: { readonly videoFileUrl: string }; readonly output: Asked }
}

/** The pause before the next request when there is no job. Milliseconds. */
const IDLE = 100

/** The pause between two reports of progress. Milliseconds. A runner that is silent for too long loses its job. */
const REPORT = 15_000

const post = async (url: string, body: object): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

const answerTo = async <A>(response: Response): Promise<A> => {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`)
  return response.json() as Promise<A>
}

const formOf = ({ media, name, playlist }: Result, tokens: Readonly<Record<string, string>>): FormData => {
  const form = new FormData()
  for (const [key, value] of Object.entries(tokens)) form.append(key, value)
  form.append("payload[videoFile]", new File([media], `${name}-fragmented.mp4`, { type: "video/mp4" }))
  const type = "application/vnd.apple.mpegurl"
  form.append("payload[resolutionPlaylistFile]", new File([playlist], `${name}.m3u8`, { type }))
  return form
}

/** One runner, which works until the fleet is over. */
export const simulate = async (fleet: Fleet, name: string): Promise<void> => {
  const root = `${fleet.url}/api/v1/runners`
  const { registrationToken, results, speed } = fleet
  const registered = await post(`${root}/register`, { name, registrationToken })
  const { runnerToken } = await answerTo<{ runnerToken: string }>(registered)

  /** Reports progress until the result is sent. A failed report does not matter, a failure of the work does. */
  const reporting = async <A>(uuid: string, tokens: object, doing: Promise<A>): Promise<A> => {
    const report = () => post(`${root}/jobs/${uuid}/update`, { ...tokens, progress: 50 }).catch(() => undefined)
    const timer = setInterval(report, REPORT)
    return doing.finally(() => clearInterval(timer))
  }

  const make = async ({ jobToken, payload, uuid }: Job) => {
    const tokens = { runnerToken, jobToken }
    const download = await post(payload.input.videoFileUrl, tokens)
    if (!download.ok) throw new Error(`${payload.input.videoFileUrl}: ${download.status}`)
    const result = await results.get(payload.output, new Uint8Array(await download.arrayBuffer()))
    if (Number.isFinite(speed)) await sleep((1000 * result.seconds) / speed)
    const sent = await fetch(`${root}/jobs/${uuid}/success`, { method: "POST", body: formOf(result, tokens) })
    if (sent.status !== 204) throw new Error(`success: ${sent.status} ${await sent.text()}`)
  }

  const work = async (job: Job) => {
    fleet.onAccept(job.uuid)
    await reporting(job.uuid, { runnerToken, jobToken: job.jobToken }, make(job))
  }

  while (!fleet.isOver()) {
    const offered = await post(`${root}/jobs/request`, { runnerToken })
    const [job] = (await answerTo<{ availableJobs: ReadonlyArray<{ uuid: string }> }>(offered)).availableJobs
    const accepted = job === undefined ? undefined : await post(`${root}/jobs/${job.uuid}/accept`, { runnerToken })
    if (accepted?.ok === true) await work((await answerTo<{ job: Job }>(accepted)).job)
    else await sleep(IDLE)
  }
}
