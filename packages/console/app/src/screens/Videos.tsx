import { useRef } from "preact/hooks"
import type { VideoQuery } from "../api/documents.ts"
import { param, setQuery, to } from "../state/router.ts"
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

const videosQuery = (): VideoQuery => {
  const read = (name: string) => param(name) || undefined
  const stateOneOf = read("state")?.split(",") as VideoQuery["stateOneOf"]
  return { search: read("q"), stateOneOf, sort: read("sort") }
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
  const wanted = videosQuery()
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
          <Button onClick={() => setQuery({ q: "", state: "" })}>{t.list.clear}</Button>
        </Empty>
      )}
      <VideoGrid key={JSON.stringify(wanted)} list={list} isCompact={param("view") === "list"} />
    </>
  )
}
