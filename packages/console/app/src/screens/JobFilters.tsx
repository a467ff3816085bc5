import { useState } from "preact/hooks"
import { findRunner } from "../api/administration.ts"
import { client } from "../api/client.ts"
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

const SUGGESTED = 8

interface LookupProps<A> {
  readonly name: "runner" | "video"
  readonly label: string
  readonly find: (search: string, signal: AbortSignal) => Promise<ReadonlyArray<A>>
  readonly read: (id: string, signal: AbortSignal) => Promise<A | undefined>
  readonly idOf: (one: A) => string
  /** A text that tells each from the others. */
  readonly nameOf: (one: A) => string
}

/** A filter by one of many things. The server searches them while the user types. */
const Lookup = <A,>({ find, idOf, label, name, nameOf, read }: LookupProps<A>) => {
  const chosen = filterIn(name)
  const [text, setText] = useState("")
  const shown = useResource(`${name} ${chosen}`, async (signal) =>
    chosen === "" ? undefined : await read(chosen, signal)
  ).data
  const { data = [] } = useResource(`${name} with ${text}`, async (signal) =>
    text === "" ? [] : await find(text, signal)
  )
  const choose = (given: string) => {
    const one = data.find((one) => nameOf(one) === given)
    if (given === "" || one !== undefined) setFilter(name, one === undefined ? "" : idOf(one))
  }
  const value = shown === undefined || idOf(shown) !== chosen ? chosen : nameOf(shown)
  return <Suggest label={label} value={value} suggestions={data.map(nameOf)} onInput={setText} onChoose={choose} />
}

const RunnerFilter = () => (
  <Lookup
    name="runner"
    label={t.jobs.runner}
    find={async (search, signal) =>
      (await client.listRunners({ query: { start: 0, count: SUGGESTED, search }, signal })).data
    }
    read={(id, signal) => findRunner(Number(id), signal)}
    idOf={({ id }) => String(id)}
    nameOf={({ id, name }) => `${name} · ${id}`}
  />
)

const VideoFilter = () => (
  <Lookup
    name="video"
    label={t.jobs.video}
    find={async (search, signal) => (await listVideos(0, SUGGESTED, { search }, signal)).data}
    read={getVideo}
    idOf={({ uuid }) => uuid}
    nameOf={(video) => `${titleOf(video)} · ${video.uuid.slice(0, 8)}`}
  />
)

/** The labels of the newest runners are suggested, and any other can be typed. */
const LabelFilter = () => {
  const runners = useResource(
    "runners with labels",
    (signal) => client.listRunners({ query: { start: 0, count: 100 }, signal }),
    ({ type }) => type.startsWith("runner.")
  )
  const labels = runners.data?.data.flatMap(({ labels }) => labels)
  return (
    <Suggest
      label={t.jobs.label}
      value={filterIn("label")}
      suggestions={[...new Set(labels)].sort()}
      onChoose={(label) => setFilter("label", label.trim())}
    />
  )
}

/** Selects jobs. Every filter is a parameter of the address. */
export const JobFilters = () => (
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
    <RunnerFilter />
    <VideoFilter />
    <LabelFilter />
    {isFiltered() ? (
      <Button look="small" data-action="clear" onClick={clearFilters}>
        {t.list.clear}
      </Button>
    ) : null}
  </div>
)
