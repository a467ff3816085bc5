import { useEffect, useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { listVideos } from "../api/videos.ts"
import { jobState } from "../state/job.ts"
import { useResource } from "../state/resource.ts"
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

const EACH = 5

const page = { start: 0, count: EACH }

type Find = (search: string, signal: AbortSignal) => Promise<Commands>

const findVideos: Find = async (search, signal) =>
  (await listVideos(0, EACH, { search }, signal)).data.map((video) => ({
    key: video.uuid,
    icon: "videos",
    text: titleOf(video),
    detail: t.screens.videos,
    act: () => navigate(watchUrl(video.uuid))
  }))

const findJobs: Find = async (search, signal) =>
  (await client.listJobs({ query: { ...page, search }, signal })).data.map((job) => ({
    key: job.uuid,
    icon: "jobs",
    text: `${job.type} ${job.uuid.slice(0, 8)}`,
    detail: jobState(job),
    act: () => navigate(to(`jobs/${job.uuid}`))
  }))

const findRunners: Find = async (search, signal) =>
  (await client.listRunners({ query: { ...page, search }, signal })).data.map(({ id, name }) => ({
    key: `runner-${id}`,
    icon: "runners",
    text: name,
    detail: t.screens.runners,
    act: () => navigate(to(`runners/${id}`))
  }))

const PAUSE = 150

/** Searches on the server when the user pauses. A part that fails is left out. */
export const useFound = (text: string): Commands => {
  const [search, setSearch] = useState("")
  useEffect(() => {
    const timer = setTimeout(() => setSearch(text.trim()), PAUSE)
    return () => clearTimeout(timer)
  }, [text])
  const found = useResource(`found by ${search}`, async (signal) => {
    if (search === "") return []
    const finds = session.value?.administrator === true ? [findVideos, findJobs, findRunners] : [findVideos]
    return (await Promise.all(finds.map((find) => find(search, signal).catch(() => [])))).flat()
  })
  return found.data ?? []
}
