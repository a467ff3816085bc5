import { useMemo, useRef } from "preact/hooks"
import type { VideoQuery } from "../api/documents.ts"
import { query, setQuery, to } from "../state/router.ts"
import { useVideoList } from "../state/videoList.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Empty } from "../ui/basic.tsx"
import { Filter, Segments } from "../ui/choices.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import { UploadArea } from "./UploadArea.tsx"
import { VideoGrid } from "./VideoGrid.tsx"

const sorts = [
  ["-createdAt", t.videos.newest],
  ["createdAt", t.videos.oldest],
  ["title", t.terms.title]
] as const

const states = [["", t.list.allStates], ...Object.entries(t.videos.states)] as const

const views = [
  ["cards", t.videos.cards, "cards"],
  ["list", t.videos.compact, "list"]
] as const

const useQuery = (): VideoQuery => {
  const read = (name: string) => query.value.get(name) || undefined
  const [search, state, sort] = [read("q"), read("state"), read("sort")]
  const stateOneOf = state && ([state] as unknown as VideoQuery["stateOneOf"])
  return useMemo(() => ({ search, stateOneOf: stateOneOf || undefined, sort }), [search, state, sort])
}

const Toolbar = () => (
  <div class="toolbar">
    <SearchField label={t.videos.search} />
    <Filter name="state" label={t.terms.state} choices={states} />
    <Filter name="sort" label={t.videos.sort} choices={sorts} />
    <Segments name="view" label={t.videos.view} choices={views} />
  </div>
)

/** Upload and list of videos: what a first visitor sees. */
export const Videos = () => {
  const wanted = useQuery()
  const list = useVideoList(wanted)
  const { error, total } = list
  // A list of nothing has another first screen. Until that is known, the place is kept free.
  const isKnown = useRef(false)
  isKnown.current ||= total !== undefined || error !== undefined
  const isFiltered = wanted.search !== undefined || wanted.stateOneOf !== undefined
  const isFirst = total === 0 && !isFiltered
  return (
    <>
      <ScreenHead title={t.screens.videos} count={total || undefined} />
      <div data-known={isKnown.current}>
        <UploadArea isProminent={isFirst} />
        {isFirst ? (
          <Empty icon="videos" title={t.videos.empty} steps={t.videos.emptySteps}>
            <a href={to("runners")}>{t.screens.runners}</a>
          </Empty>
        ) : (
          <Toolbar />
        )}
      </div>
      {total === 0 && isFiltered && (
        <Empty icon="search" title={t.list.nothing}>
          <Button onClick={() => setQuery({ q: undefined, state: undefined })}>{t.list.clear}</Button>
        </Empty>
      )}
      <VideoGrid key={JSON.stringify(wanted)} list={list} isCompact={query.value.get("view") === "list"} />
    </>
  )
}
