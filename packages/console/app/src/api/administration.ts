import { client } from "./client.ts"
import type { Runner } from "./documents.ts"

/** The calls about one runner. */
export const ofRunner = (runnerId: number) => ({ params: { runnerId } })

/** Reads the pages of the list up to the runner. */
export const findRunner = async (id: number, signal: AbortSignal, start = 0): Promise<Runner | undefined> => {
  const { data, total } = await client.listRunners({ query: { start, count: 100 }, signal })
  const found = data.find((runner) => runner.id === id)
  const next = start + data.length
  return found !== undefined || next >= total || data.length === 0 ? found : findRunner(id, signal, next)
}
