import { signal } from "@preact/signals"

export interface Notice {
  readonly id: number
  readonly text: string
  readonly isError: boolean
}

export const notices = signal<ReadonlyArray<Notice>>([])
let last = 0

export const dismiss = (id: number): void => {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}

const show = (text: string, isError: boolean) => {
  last += 1
  const id = last
  notices.value = [...notices.value.slice(-3), { id, text, isError }]
  setTimeout(() => dismiss(id), isError ? 12_000 : 5000)
}

/** Shows a short text, which screen readers read out. */
export const announce = (text: string): void => show(text, false)

/** Runs an action, and shows the text that it returns or why it failed. */
export const attempt = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    const text = await work()
    if (typeof text === "string") announce(text)
  } catch (error) {
    show(error instanceof Error ? error.message : String(error), true)
  }
}
