import { useState } from "preact/hooks"
import { useKeys } from "./keys.ts"

/** The rows of a list that were selected, by their keys. */
export const useSelection = () => {
  const [keys, set] = useState<ReadonlyArray<string>>([])
  const toggle = (key: string) =>
    set((before) => (before.includes(key) ? before.filter((one) => one !== key) : [...before, key]))
  return { keys, set, toggle }
}

/** Returns the key of the row that the keys j, k, x and o act on. A row that is not loaded has no key. */
export const useRowKeys = (props: {
  readonly keys: () => ReadonlyArray<string | undefined>
  readonly show: (index: number) => void
  readonly toggle: (key: string) => void
  readonly open: (key: string) => void
}): string | undefined => {
  const [marked, setMarked] = useState<string>()
  const move = (by: number) => {
    const keys = props.keys()
    const at = marked === undefined ? (by > 0 ? -1 : 0) : keys.indexOf(marked)
    const next = Math.min(keys.length - 1, Math.max(0, at + by))
    if (keys[next] === undefined) return
    setMarked(keys[next])
    props.show(next)
  }
  const withMarked = (act: (key: string) => void) => () => {
    if (marked !== undefined) act(marked)
  }
  useKeys({ j: () => move(1), k: () => move(-1), x: withMarked(props.toggle), o: withMarked(props.open) })
  return marked
}
