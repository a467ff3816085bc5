import { useMemo, useRef } from "preact/hooks"
import type { VideoQuery } from "../api/documents.ts"
import { query, setQuery, to } from "../state/router.ts"
import { useVideoList } from "../state/videoList.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Empty, Segments, Select } from "../ui/basic.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import { UploadArea } from "./UploadArea.tsx"
import { VideoGrid } from "./VideoGrid.tsx"

const sorts = [
  ["-createdAt", t.videos.newest],
  ["createdAt", t.videos.oldest],
  ["title", t.videos.title]
] as const

const states: ReadonlyArray<readonly [string, string]> = [["", t.list.allStates], ...Object.entries(t.videos.states)]

const useQuery = (): VideoQuery => {
  const search = query.value.get("q") ?? ""
  const state = query.value.get("state") ?? ""
  const sort = query.value.get("sort") ?? ""
  return useMemo(
    () => ({
      ...(search === "" ? {} : { search }),
      ...(state === "" ? {} : { stateOneOf: [state] as unknown as VideoQuery["stateOneOf"] }),
      ...(sort === "" ? {} : { sort })
    }),
    [search, state, sort]
  )
}

const Toolbar = ({ isCompact }: { readonly isCompact: boolean }) => (
  <div class="toolbar">
    <SearchField label={t.videos.search} />
    <Select
      label={t.videos.state}
      value={query.value.get("state") ?? ""}
      choices={states}
      onChange={(state) => setQuery({ state })}
    />
    <Select
      label={t.videos.sort}
      value={query.value.get("sort") ?? "-createdAt"}
      choices={sorts}
      onChange={(sort) => setQuery({ sort: sort === "-createdAt" ? undefined : sort })}
    />
    <Segments
      label={t.videos.view}
      value={isCompact ? "list" : "cards"}
      choices={[
        { value: "cards", text: t.videos.cards, icon: "cards" },
        { value: "list", text: t.videos.compact, icon: "list" }
      ]}
      onChange={(view) => setQuery({ view: view === "cards" ? undefined : view })}
    />
  </div>
)

const FirstSteps = () => (
  <Empty icon="videos" title={t.videos.empty}>
    <ol>
      {t.videos.emptySteps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
    <a href={to("runners")}>{t.screens.runners}</a>
  </Empty>
)

/** Upload and list of videos: what a first visitor sees. */
export const Videos = () => {
  const wanted = useQuery()
  const videos = useVideoList(wanted)
  const { error, total } = videos
  const isCompact = query.value.get("view") === "list"
  // A list of nothing has another first screen. Until that is known, the place is kept free.
  const isKnown = useRef(false)
  isKnown.current ||= total !== undefined || error !== undefined
  const isFiltered = wanted.search !== undefined || wanted.stateOneOf !== undefined
  return (
    <>
      <ScreenHead title={t.screens.videos} count={total || undefined} />
      <div data-known={isKnown.current}>
        <UploadArea isProminent={total === 0 && !isFiltered} />
        {total === 0 && !isFiltered ? <FirstSteps /> : <Toolbar isCompact={isCompact} />}
      </div>
      {total === 0 && isFiltered ? (
        <Empty icon="search" title={t.list.nothing}>
          <Button onClick={() => setQuery({ q: undefined, state: undefined })}>{t.list.clear}</Button>
        </Empty>
      ) : null}
      <VideoGrid videos={videos} isCompact={isCompact} />
    </>
  )
}
