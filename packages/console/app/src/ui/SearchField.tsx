import { useEffect, useRef, useState } from "preact/hooks"
import { param, setQuery } from "../state/router.ts"
import { Icon } from "./icons.tsx"
import { useKeys } from "./keys.ts"

const PAUSE = 200

/** A search whose text is a parameter of the address. The key `/` focuses it. */
export const SearchField = ({ label }: { readonly label: string }) => {
  const inAddress = param("q")
  const [text, setText] = useState(inAddress)
  const timer = useRef<ReturnType<typeof setTimeout>>()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (document.activeElement !== input.current) setText(inAddress)
  }, [inAddress])
  useKeys({ "/": () => input.current?.select() })
  const change = (value: string) => {
    setText(value)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setQuery({ q: value.trim() }), PAUSE)
  }
  return (
    <label class="search">
      <Icon name="search" />
      <span class="visually-hidden">{label}</span>
      <input
        ref={input}
        type="search"
        placeholder={label}
        value={text}
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
  )
}
