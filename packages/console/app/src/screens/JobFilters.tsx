import { useState } from "preact/hooks"
import { getRunner } from "../api/administration.ts"
import { client } from "../api/client.ts"
import { getVideo, listVideos } from "../api/videos.ts"
import { clearFilters, isFiltered } from "../state/jobsQuery.ts"
import { useResource } from "../state/resource.ts"
import { param, setQuery } from "../state/router.ts"
import { titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Filter } from "../ui/choices.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import { Suggest } from "../ui/Suggest.tsx"

/** The states of jobs that have not ended. */
const OPEN = "1,2,5,9"

const states = [["", t.list.allStates], [OPEN, t.list.open], ...Object.entries(t.jobs.states)] as const

const jobTypes = [
  "vod-hls-transcoding",
  "vod-web-video-transcoding",
  "vod-audio-merge-transcoding",
  "live-rtmp-hls-transcoding",
  "video-studio-transcoding",
  "video-transcription",
  "generate-video-storyboard"
]

const types = [["", t.list.allTypes], ...jobTypes.map((type) => [type, type] as const)] as const

const SUGGESTED = 8

interface LookupProps<A> {
  readonly name: "runner" | "video"
  readonly find: (search: string, signal: AbortSignal) => Promise<{ readonly data: ReadonlyArray<A> }>
  readonly read: (id: string, signal: AbortSignal) => Promise<A>
  readonly idOf: (one: A) => string
  /** A text that tells each from the others. */
  readonly nameOf: (one: A) => string
}

/** A filter by one of many things. The server searches them while the user types. */
const Lookup = <A,>({ find, idOf, name, nameOf, read }: LookupProps<A>) => {
  const chosen = param(name)
  const [text, setText] = useState("")
  const shown = useResource(
    `chosen ${name} ${chosen}`,
    async (signal) => (chosen && (await read(chosen, signal))) || null
  ).data
  const found = useResource(`suggested ${name} ${text}`, async (signal) =>
    text ? (await find(text, signal)).data : []
  )
  const { data = [] } = found
  const choose = (given: string) => {
    const one = data.find((one) => nameOf(one) === given)
    if (given === "" || one !== undefined) setQuery({ [name]: one === undefined ? "" : idOf(one) })
  }
  const value = shown && idOf(shown) === chosen ? nameOf(shown) : chosen
  return (
    <Suggest label={t.terms[name]} value={value} suggestions={data.map(nameOf)} onInput={setText} onChoose={choose} />
  )
}

const RunnerFilter = () => (
  <Lookup
    name="runner"
    find={(search, signal) => client.listRunners({ query: { start: 0, count: SUGGESTED, search }, signal })}
    read={(id, signal) => getRunner(Number(id), signal)}
    idOf={({ id }) => String(id)}
    nameOf={({ id, name }) => `${name} · ${id}`}
  />
)

const VideoFilter = () => (
  <Lookup
    name="video"
    find={(search, signal) => listVideos(0, SUGGESTED, { search }, signal)}
    read={getVideo}
    idOf={({ uuid }) => uuid}
    nameOf={(video) => `${titleOf(video)} · ${video.uuid.slice(0, 8)}`}
  />
)

/** The labels of the runners are suggested, and any other can be typed. */
const LabelFilter = () => {
  const { data } = useResource(
    "labels",
    (signal) => client.listLabels({ signal }),
    ({ type }) => type.startsWith("runner.")
  )
  return (
    <Suggest
      label={t.terms.label}
      value={param("label")}
      suggestions={data?.labels ?? []}
      onChoose={(label) => setQuery({ label: label.trim() })}
    />
  )
}

/** Selects jobs. Every filter is a parameter of the address. */
export const JobFilters = () => (
  <div class="toolbar">
    <SearchField label={t.jobs.search} />
    <Filter name="state" label={t.terms.state} choices={states} />
    <Filter name="type" label={t.terms.type} choices={types} />
    <RunnerFilter />
    <VideoFilter />
    <LabelFilter />
    {isFiltered() && (
      <Button look="small" data-action="clear" onClick={clearFilters}>
        {t.list.clear}
      </Button>
    )}
  </div>
)
