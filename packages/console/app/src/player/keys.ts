import { useEffect } from "preact/hooks"
import { isTyping } from "../ui/keys.ts"

export type Controller = HTMLElement & { keyboardShortcutHandler(event: KeyboardEvent): void }

const keys = new Set([" ", "k", "j", "l", "m", "f", "c", "p", "<", ">"])
const arrows = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"])

/** Elements that the space bar presses, and those that the arrows move. */
const PRESSED = "a, button, summary, label, input, [role=button]"
const MOVED = "input, [role=menu], [role=slider], [role=listbox]"

/** Whether the element with the focus needs the key itself. Elements of the player name their keys. */
const isOwnKey = (target: Element & { readonly keysUsed?: ReadonlyArray<string> }, key: string) => {
  if (target.localName !== "media-controller" && target.keysUsed?.includes(key)) return true
  if (key === " ") return target.closest(PRESSED) !== null
  return arrows.has(key) && target.closest(MOVED) !== null
}

/** Sends the usual keys to the player, wherever the focus is. Text fields and open dialogs keep theirs. */
export const usePlayerKeys = (controller: () => Controller | null): void =>
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { key, target } = event
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (!keys.has(key) && !arrows.has(key)) return
      if (!(target instanceof Element) || isTyping(target)) return
      const dialog = document.querySelector("dialog[open]")
      const player = controller()
      if (player === null || (dialog !== null && !dialog.contains(player))) return
      if (isOwnKey(target, key)) return
      event.preventDefault()
      player.keyboardShortcutHandler(event)
    }
    addEventListener("keydown", listen)
    return () => removeEventListener("keydown", listen)
  }, [])
