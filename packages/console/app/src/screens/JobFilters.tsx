import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { Video } from "../api/documents.ts"
import { getVideo, listVideos } from "../api/videos.ts"
import { clearFilters, filterIn, isFiltered, setFilter } from "../state/jobsQuery.ts"
import { useResource } from "../state/resource.ts"
import { titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Select } from "../ui/basic.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import { Suggest } from "../ui/Suggest.tsx"

/** The states of jobs that have not ended. */
const OPEN = "1,2,5,9"

const states = [["", t.list.allStates], [OPEN, t.list.open], ...Object.entries(t.jobs.states)] as const

const types = [
  "vod-hls-transcoding",
  "vod-web-video-transcoding",
  "vod-audio-merge-transcoding",
  "live-rtmp-hls-transcoding",
  "video-studio-transcoding",
  "video-transcription",
  "generate-video-storyboard"
]

const useRunners = () =>
  useResource(
    "runners of the filter",
    (signal) => client.listRunners({ query: { start: 0, count: 100 }, signal }),
    ({ type }) => type.startsWith("runner.")
  ).data?.data ?? []

const RunnerFilter = ({ runners }: { readonly runners: ReturnType<typeof useRunners> }) => {
  const chosen = filterIn("runner")
  const known = runners.map(({ id, name }) => [String(id), name] as const)
  const other = chosen === "" || known.some(([id]) => id === chosen) ? [] : [[chosen, `#${chosen}`] as const]
  return (
    <Select
      label={t.jobs.runner}
      value={chosen}
      choices={[["", t.list.allRunners], ...known, ...other]}
      onChange={(id) => setFilter("runner", id)}
    />
  )
}

const LabelFilter = ({ runners }: { readonly runners: ReturnType<typeof useRunners> }) => (
  <Suggest
    label={t.jobs.label}
    value={filterIn("label")}
    suggestions={[...new Set(runners.flatMap(({ labels }) => labels))].sort()}
    onChoose={(label) => setFilter("label", label.trim())}
  />
)

/** Titles need not be unique. */
const nameOf = (video: Video) => `${titleOf(video)} · ${video.uuid.slice(0, 8)}`

const SUGGESTED = 8

const VideoFilter = () => {
  const chosen = filterIn("video")
  const [text, setText] = useState("")
  const shown = useResource(`video ${chosen}`, async (signal) =>
    chosen === "" ? undefined : nameOf(await getVideo(chosen, signal))
  )
  const { data = [] } = useResource(`videos with ${text}`, async (signal) =>
    text === "" ? [] : (await listVideos(0, SUGGESTED, { search: text }, signal)).data
  )
  const choose = (name: string) => {
    const video = data.find((one) => nameOf(one) === name)
    if (name === "" || video !== undefined) setFilter("video", video?.uuid ?? "")
  }
  return (
    <Suggest
      label={t.jobs.video}
      value={shown.data ?? chosen}
      suggestions={data.map(nameOf)}
      onInput={setText}
      onChoose={choose}
    />
  )
}

/** Selects jobs. Every filter is a parameter of the address. */
export const JobFilters = () => {
  const runners = useRunners()
  return (
    <div class="toolbar">
      <SearchField label={t.jobs.search} />
      <Select
        label={t.jobs.state}
        value={filterIn("state")}
        choices={states}
        onChange={(state) => setFilter("state", state)}
      />
      <Select
        label={t.jobs.type}
        value={filterIn("type")}
        choices={[["", t.list.allTypes], ...types.map((type) => [type, type] as const)]}
        onChange={(type) => setFilter("type", type)}
      />
      <RunnerFilter runners={runners} />
      <VideoFilter />
      <LabelFilter runners={runners} />
      {isFiltered() ? (
        <Button look="small" data-action="clear" onClick={clearFilters}>
          {t.list.clear}
        </Button>
      ) : null}
    </div>
  )
}
