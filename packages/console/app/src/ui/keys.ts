import { useEffect, useRef } from "preact/hooks"

/** Whether the focus is where letters are text. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("input:not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]") !== null

const isOpen = () => document.querySelector("dialog[open]") !== null

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>

/** `mod+k` for control or command with k, `g j` for g and then j, otherwise the name of the key. */
const nameOf = (event: KeyboardEvent) => (event.metaKey || event.ctrlKey ? `mod+${event.key}` : event.key)

const SEQUENCE = 900

/** Keys of the whole page. None works while a dialog is open, and only those with `mod` while the user types. */
export const useKeys = (keys: Keys): void => {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    let before = ""
    let at = 0
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || isOpen()) return
      const name = nameOf(event)
      if (isTyping(event.target) && !name.startsWith("mod+") && name !== "Escape") return
      const pair = event.timeStamp - at < SEQUENCE ? `${before} ${name}` : name
      const act = latest.current[pair] ?? latest.current[name]
      before = name
      at = event.timeStamp
      if (act === undefined) return
      event.preventDefault()
      act(event)
    }
    addEventListener("keydown", listen)
    return () => removeEventListener("keydown", listen)
  }, [])
}
