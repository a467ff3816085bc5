import { t } from "../texts.ts"
import { ApiError, client } from "./client.ts"
import type { Runner } from "./documents.ts"

/** The calls about one runner. */
export const ofRunner = (runnerId: number) => ({ params: { runnerId } })

/** Reads the pages of the list up to the runner. */
export const getRunner = async (id: number, signal: AbortSignal, start = 0): Promise<Runner> => {
  const { data, total } = await client.listRunners({ query: { start, count: 100 }, signal })
  const found = data.find((runner) => runner.id === id)
  if (found !== undefined) return found
  const next = start + data.length
  if (next >= total || data.length === 0) throw new ApiError(404, t.errors.gone, undefined)
  return getRunner(id, signal, next)
}
