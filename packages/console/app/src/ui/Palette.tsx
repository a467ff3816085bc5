import { useEffect, useRef, useState } from "preact/hooks"
import { listJobs, listRunners } from "../api/administration.ts"
import { listVideos } from "../api/videos.ts"
import { navigate, to, watchUrl } from "../state/router.ts"
import { session } from "../state/session.ts"
import { titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { Dialog } from "./Dialog.tsx"
import { Icon, type IconName } from "./icons.tsx"

interface Entry {
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
  (await listJobs({ start: 0, count: EACH, search }, signal)).data.map((job) => ({
    key: job.uuid,
    icon: "jobs",
    text: `${job.type} ${job.uuid.slice(0, 8)}`,
    detail: job.state.label,
    act: () => navigate(to(`jobs/${job.uuid}`))
  }))

const findRunners = async (search: string, signal: AbortSignal): Promise<Commands> =>
  (await listRunners({ start: 0, count: 100 }, signal)).data
    .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
    .slice(0, EACH)
    .map((runner) => ({
      key: `runner-${runner.id}`,
      icon: "runners",
      text: runner.name,
      detail: t.screens.runners,
      act: () => navigate(to(`runners/${runner.id}`))
    }))

/** Searches on the server while the user types. A part that fails is left out. */
const useFound = (text: string): Commands => {
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

/** Search and commands in one place. */
export const Palette = (props: { readonly commands: Commands; readonly onClose: () => void }) => {
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const found = useFound(text)
  const wanted = text.trim().toLowerCase()
  const entries = [...props.commands.filter((entry) => entry.text.toLowerCase().includes(wanted)), ...found]
  const index = Math.min(at, entries.length - 1)
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [index])
  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return
    props.onClose()
    entry.act()
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setAt(Math.max(0, Math.min(entries.length - 1, index + step)))
    else if (event.key === "Enter") choose(entries[index])
    else return
    event.preventDefault()
  }
  return (
    <Dialog title={t.palette.title} class="palette" onClose={props.onClose}>
      <div class="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={entries.length > 0 ? `palette-${index}` : undefined}
          aria-label={t.palette.placeholder}
          placeholder={t.palette.placeholder}
          autofocus
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={press}
        />
      </div>
      {entries.length === 0 ? <p class="hint palette-none">{t.palette.nothing}</p> : null}
      <div id="palette-list" role="listbox" aria-label={t.palette.title} ref={list}>
        {entries.map((entry, number) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
          <div
            tabIndex={-1}
            key={entry.key}
            id={`palette-${number}`}
            role="option"
            aria-selected={number === index}
            onClick={() => choose(entry)}
            onMouseMove={() => setAt(number)}
          >
            <Icon name={entry.icon} />
            <span dir="auto">{entry.text}</span>
            <small>{entry.detail}</small>
          </div>
        ))}
      </div>
    </Dialog>
  )
}
