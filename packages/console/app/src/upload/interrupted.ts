import { signal } from "@preact/signals"
import type { Interrupted } from "./tus.ts"

/** Uploads of earlier pages. Each continues when the user chooses its file again. */
export const interrupted = signal<ReadonlyArray<Interrupted>>([])

export const dropInterrupted = (url: string): void => {
  interrupted.value = interrupted.value.filter((one) => one.url !== url)
}

/** Reads the uploads of earlier pages. The library for uploads is loaded only when there are any. */
export const loadInterrupted = async (): Promise<void> => {
  if (!Object.keys(localStorage).some((key) => key.startsWith("tus::"))) return
  const { findInterrupted } = await import("./tus.ts")
  interrupted.value = await findInterrupted()
}
