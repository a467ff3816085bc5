import { useCallback, useEffect, useRef, useState } from "preact/hooks"
import type { StreamEvent } from "../api/documents.ts"
import { onEvents } from "../api/stream.ts"

export interface Resource<A> {
  readonly data: A | undefined
  readonly error: Error | undefined
  readonly reload: () => Promise<void>
}

/** Whether the server does not know what was read. */
export const isUnknown = ({ error }: Resource<unknown>): boolean =>
  error !== undefined && "status" in error && (error.status === 404 || error.status === 400)

/** Events come in groups: one upload makes a dozen. */
const GROUPED = 250

/** Calls `reload` after the events that concern it. */
export const useEvents = (concerns: (event: StreamEvent) => boolean, reload: () => void): void => {
  const latest = useRef({ concerns, reload })
  latest.current = { concerns, reload }
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = onEvents((event) => {
      if (event !== undefined && !latest.current.concerns(event)) return
      timer ??= setTimeout(() => {
        timer = undefined
        latest.current.reload()
      }, GROUPED)
    })
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [])
}

/** Loads data again when its key changes and after the events that concern it. Old data stay visible meanwhile. */
export const useResource = <A>(
  key: string,
  load: (signal: AbortSignal) => Promise<A>,
  concerns: (event: StreamEvent) => boolean = () => false
): Resource<A> => {
  const [state, setState] = useState<{ key: string; data?: A; error?: Error }>({ key })
  const running = useRef<AbortController>()
  const latest = useRef(load)
  latest.current = load
  const reload = useCallback(async () => {
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    try {
      const data = await latest.current(own.signal)
      if (!own.signal.aborted) setState({ key, data })
    } catch (error) {
      if (!own.signal.aborted) setState((before) => ({ ...before, key, error: error as Error }))
    }
  }, [key])
  useEffect(() => {
    void reload()
    return () => running.current?.abort()
  }, [reload])
  useEvents(concerns, () => void reload())
  return { data: state.data, error: state.error, reload }
}
