import { useId, useState } from "preact/hooks"

interface Props {
  readonly label: string
  readonly value: string
  readonly suggestions: ReadonlyArray<string>
  /** Called for each letter. */
  readonly onInput?: (text: string) => void
  /** Called with a suggestion, with a finished text, and with the empty text. */
  readonly onChoose: (text: string) => void
}

/** A field of text with suggestions of the browser. */
export const Suggest = ({ label, onChoose, onInput, suggestions, value }: Props) => {
  const list = useId()
  const [text, setText] = useState<string>()
  const choose = (chosen: string) => {
    setText(undefined)
    onChoose(chosen)
  }
  return (
    <label class="suggest">
      <span class="visually-hidden">{label}</span>
      <input
        type="search"
        list={list}
        placeholder={label}
        value={text ?? value}
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          onInput?.(currentTarget.value)
          if (suggestions.includes(currentTarget.value) || currentTarget.value === "") choose(currentTarget.value)
        }}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      <datalist id={list}>
        {suggestions.map((text) => (
          <option key={text} value={text} />
        ))}
      </datalist>
    </label>
  )
}
