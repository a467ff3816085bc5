import { t } from "../texts.ts"
import { ApiError, client } from "./client.ts"
import type { Runner, Webhook } from "./documents.ts"

/** The calls about one runner. */
export const ofRunner = (runnerId: number) => ({ params: { runnerId } })

const gone = () => new ApiError(404, t.errors.gone, undefined)

/** Finds the endpoint in the list of all. */
export const getWebhook = async (id: string, signal: AbortSignal): Promise<Webhook> => {
  const { data } = await client.listWebhooks({ signal })
  return data.find((webhook) => webhook.id === id) ?? Promise.reject(gone())
}

/** Reads the pages of the list up to the runner. */
export const getRunner = async (id: number, signal: AbortSignal, start = 0): Promise<Runner> => {
  const { data, total } = await client.listRunners({ query: { start, count: 100 }, signal })
  const found = data.find((runner) => runner.id === id)
  if (found !== undefined) return found
  const next = start + data.length
  if (next >= total || data.length === 0) throw gone()
  return getRunner(id, signal, next)
}
