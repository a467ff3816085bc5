import type { JobsQuery } from "../api/documents.ts"
import { query, setQuery } from "./router.ts"

/** Jobs of a page. */
export const COUNT = 50

/** The parameters of the address that select jobs. */
const filters = ["q", "state", "type", "runner", "video", "label", "rendition"] as const

export type Filter = (typeof filters)[number]

export const filterIn = (name: Filter): string => query.value.get(name) ?? ""

/** Changes one filter and shows the first page. */
export const setFilter = (name: Filter, value: string): void => setQuery({ [name]: value, start: undefined })

export const isFiltered = (): boolean => filters.some((name) => query.value.has(name))

export const clearFilters = (): void =>
  setQuery(Object.fromEntries([...filters, "start"].map((name) => [name, undefined])))

/** The query of the server for the address. */
export const jobsQuery = () => {
  const read = (name: string) => query.value.get(name) ?? undefined
  const state = read("state")
  const type = read("type")
  return {
    start: Number(read("start") ?? 0),
    count: COUNT,
    sort: read("sort") ?? "-createdAt",
    search: read("q"),
    runnerId: read("runner"),
    videoUUID: read("video"),
    label: read("label"),
    renditionUUID: read("rendition"),
    ...(state === undefined ? {} : { stateOneOf: state.split(",") as JobsQuery["stateOneOf"] }),
    ...(type === undefined ? {} : { typeOneOf: [type] as unknown as JobsQuery["typeOneOf"] })
  }
}
