import type { JobsQuery } from "../api/documents.ts"
import { param, setQuery } from "./router.ts"

/** Jobs of a page. */
export const COUNT = 50

/** The parameters of the address that select jobs. */
const filters = ["q", "state", "type", "runner", "video", "label", "rendition"]

export const isFiltered = (): boolean => filters.some((name) => param(name) !== "")

export const clearFilters = (): void => setQuery(Object.fromEntries(filters.map((name) => [name, ""])))

/** The query of the server for the address. */
export const jobsQuery = () => {
  const read = (name: string) => param(name) || undefined
  return {
    start: Number(param("start")),
    count: COUNT,
    sort: read("sort") ?? "-createdAt",
    search: read("q"),
    runnerId: read("runner"),
    videoUUID: read("video"),
    label: read("label"),
    renditionUUID: read("rendition"),
    stateOneOf: read("state")?.split(",") as JobsQuery["stateOneOf"],
    typeOneOf: read("type")?.split(",") as JobsQuery["typeOneOf"]
  }
}
