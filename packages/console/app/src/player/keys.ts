import { useEffect } from "preact/hooks"
import { isTyping } from "../ui/keys.ts"

export type Controller = HTMLElement & { keyboardShortcutHandler(event: KeyboardEvent): void }

const keys = new Set([" ", "k", "j", "l", "m", "f", "c", "p", "<", ">"])
const arrows = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"])

const isControl = (target: Element) => target.closest("a, button, summary, label, [role=button], [role=menu]") !== null

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
      // Links, buttons and menus of the page use the space bar and the arrows themselves.
      if ((key === " " || arrows.has(key)) && isControl(target)) return
      if (target.matches("input[type=range]")) return
      event.preventDefault()
      player.keyboardShortcutHandler(event)
    }
    addEventListener("keydown", listen)
    return () => removeEventListener("keydown", listen)
  }, [])
