import { useEffect, useRef, useState } from "preact/hooks"
import { t } from "../texts.ts"
import { Dialog } from "./Dialog.tsx"
import { type Commands, type Entry, useFound } from "./found.ts"
import { Icon } from "./icons.tsx"

interface FieldProps {
  readonly text: string
  readonly active: string | undefined
  readonly onText: (text: string) => void
  readonly onMove: (by: number) => void
  readonly onEnter: () => void
}

const Field = ({ active, onEnter, onMove, onText, text }: FieldProps) => {
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) onMove(step)
    else if (event.key === "Enter") onEnter()
    else return
    event.preventDefault()
  }
  return (
    <div class="palette-field">
      <Icon name="search" />
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={active}
        aria-label={t.palette.placeholder}
        placeholder={t.palette.placeholder}
        autofocus
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={press}
      />
    </div>
  )
}

interface ListProps {
  readonly entries: Commands
  readonly index: number
  readonly onPoint: (index: number) => void
  readonly onChoose: (entry: Entry) => void
}

const List = ({ entries, index, onChoose, onPoint }: ListProps) => {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [index])
  return (
    <div id="palette-list" role="listbox" aria-label={t.palette.title} ref={list}>
      {entries.map((entry, number) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
        <div
          tabIndex={-1}
          key={entry.key}
          id={`palette-${number}`}
          role="option"
          aria-selected={number === index}
          onClick={() => onChoose(entry)}
          onMouseMove={() => onPoint(number)}
        >
          <Icon name={entry.icon} />
          <span dir="auto">{entry.text}</span>
          <small>{entry.detail}</small>
        </div>
      ))}
    </div>
  )
}

/** Search and commands in one place. */
export const Palette = (props: { readonly commands: Commands; readonly onClose: () => void }) => {
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const found = useFound(text)
  const wanted = text.trim().toLowerCase()
  const entries = [...props.commands.filter((entry) => entry.text.toLowerCase().includes(wanted)), ...found]
  const index = Math.min(at, entries.length - 1)
  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return
    props.onClose()
    entry.act()
  }
  const change = (value: string) => {
    setText(value)
    setAt(0)
  }
  return (
    <Dialog title={t.palette.title} class="palette" onClose={props.onClose}>
      <Field
        text={text}
        active={entries.length > 0 ? `palette-${index}` : undefined}
        onText={change}
        onMove={(by) => setAt(Math.max(0, Math.min(entries.length - 1, index + by)))}
        onEnter={() => choose(entries[index])}
      />
      {entries.length === 0 && <p class="hint palette-none">{t.palette.nothing}</p>}
      <List entries={entries} index={index} onPoint={setAt} onChoose={choose} />
    </Dialog>
  )
}
