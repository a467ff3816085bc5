import { useEffect, useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { listVideos } from "../api/videos.ts"
import { jobState } from "../state/job.ts"
import { navigate, to, watchUrl } from "../state/router.ts"
import { session } from "../state/session.ts"
import { titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import type { IconName } from "./icons.tsx"

export interface Entry {
  readonly key: string
  readonly icon: IconName
  readonly text: string
  readonly detail: string
  readonly act: () => void
}

export type Commands = ReadonlyArray<Entry>

const PAUSE = 150
const EACH = 5

const findVideos = async (search: string, signal: AbortSignal): Promise<Commands> =>
  (await listVideos(0, EACH, { search }, signal)).data.map((video) => ({
    key: video.uuid,
    icon: "videos",
    text: titleOf(video),
    detail: t.screens.videos,
    act: () => navigate(watchUrl(video.uuid))
  }))

const findJobs = async (search: string, signal: AbortSignal): Promise<Commands> =>
  (await client.listJobs({ query: { start: 0, count: EACH, search }, signal })).data.map((job) => ({
    key: job.uuid,
    icon: "jobs",
    text: `${job.type} ${job.uuid.slice(0, 8)}`,
    detail: jobState(job),
    act: () => navigate(to(`jobs/${job.uuid}`))
  }))

const findRunners = async (search: string, signal: AbortSignal): Promise<Commands> =>
  (await client.listRunners({ query: { start: 0, count: EACH, search }, signal })).data.map((runner) => ({
    key: `runner-${runner.id}`,
    icon: "runners",
    text: runner.name,
    detail: t.screens.runners,
    act: () => navigate(to(`runners/${runner.id}`))
  }))

/** Searches on the server while the user types. A part that fails is left out. */
export const useFound = (text: string): Commands => {
  const [found, setFound] = useState<Commands>([])
  useEffect(() => {
    const search = text.trim()
    if (search === "") return setFound([])
    const abort = new AbortController()
    const timer = setTimeout(async () => {
      const finds = session.value?.administrator === true ? [findVideos, findJobs, findRunners] : [findVideos]
      const parts = await Promise.all(finds.map((find) => find(search, abort.signal).catch(() => [])))
      if (!abort.signal.aborted) setFound(parts.flat())
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [text])
  return found
}
