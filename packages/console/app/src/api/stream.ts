import { signal } from "@preact/signals"
import { eventTypes, pathOf } from "@runner-connector/protocol/client"
import { place } from "../site.ts"
import { needsSignIn } from "../state/session.ts"
import type { ProgressDocument, StreamEvent } from "./documents.ts"

/** Whether the stream of events is connected. */
export const isConnected = signal(true)

type Listener = (event: StreamEvent | undefined) => void

const listeners = new Set<Listener>()
const progressListeners = new Set<(jobs: ProgressDocument["jobs"]) => void>()

/** Called for each event, and with undefined when events may have been missed. */
export const onEvents = (listener: Listener): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const onProgress = (listener: (jobs: ProgressDocument["jobs"]) => void): (() => void) => {
  progressListeners.add(listener)
  return () => progressListeners.delete(listener)
}

let source: EventSource | undefined
let retry: ReturnType<typeof setTimeout> | undefined

/** Opens the one stream of the page. Browsers resume it with the last id by themselves. */
export const restart = (): void => {
  source?.close()
  clearTimeout(retry)
  const opened = new EventSource(pathOf("streamEvents", place.api))
  source = opened
  // Follows each connection, also after `reset`.
  opened.addEventListener("ready", () => {
    isConnected.value = true
    for (const listener of listeners) listener(undefined)
  })
  for (const kind of eventTypes) {
    opened.addEventListener(kind, ({ data }) => {
      const event = JSON.parse(data) as StreamEvent
      for (const listener of listeners) listener(event)
    })
  }
  opened.addEventListener("progress", ({ data }) => {
    const { jobs } = JSON.parse(data) as ProgressDocument
    for (const listener of progressListeners) listener(jobs)
  })
  opened.onerror = () => {
    isConnected.value = false
    // Browsers give up after an answer that is not a stream, such as 503 of a restarting server.
    // Those that wait for a sign-in are opened again by it.
    if (opened.readyState === EventSource.CLOSED && !needsSignIn.value) retry = setTimeout(restart, 4000)
  }
}
