import { keepPreviousData, QueryClient, useQuery } from "@tanstack/preact-query"
import { useCallback } from "preact/hooks"
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

type Concerns = (event: StreamEvent) => boolean

/** What was read from the server and is shown. Events and the stream's connection tell when to read it again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { gcTime: 0, networkMode: "always", refetchOnReconnect: false, refetchOnWindowFocus: false, retry: false }
  }
})

/** Events come in groups: one upload makes a dozen. */
const GROUPED = 250

/** Calls the listener with groups of events. Undefined stands for events that may have been missed. */
export const onChanges = (listener: (events: ReadonlyArray<StreamEvent | undefined>) => void): void => {
  let group: Array<StreamEvent | undefined> = []
  onEvents((event) => {
    if (group.push(event) > 1) return
    setTimeout(() => {
      listener(group)
      group = []
    }, GROUPED)
  })
}

onChanges((events) => {
  const isOutdated = (concerns: Concerns) => events.some((event) => event === undefined || concerns(event))
  void queries.invalidateQueries({ predicate: ({ meta }) => isOutdated(meta?.concerns as Concerns) })
})

/** Loads data again when its key changes and after the events that concern it. Old data stay visible meanwhile. */
export const useResource = <A>(
  key: string,
  load: (signal: AbortSignal) => Promise<A>,
  concerns: Concerns = () => false
): Resource<A> => {
  const { data, error, refetch } = useQuery(
    { queryKey: [key], queryFn: ({ signal }) => load(signal), placeholderData: keepPreviousData, meta: { concerns } },
    queries
  )
  const reload = useCallback(() => refetch().then(() => undefined), [refetch])
  return { data, error: error ?? undefined, reload }
}
