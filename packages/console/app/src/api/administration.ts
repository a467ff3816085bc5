import { client } from "./client.ts"
import type { BodyOf, JobAction, JobsQuery, QueryOf, Runner } from "./documents.ts"

const ofRunner = (runnerId: number) => ({ params: { runnerId } })
const ofWebhook = (webhookId: string) => ({ params: { webhookId } })

export const listJobs = (query: JobsQuery, signal?: AbortSignal) => client.listJobs({ query, signal })
export const getJob = (uuid: string, signal?: AbortSignal) => client.getJob({ params: { uuid }, signal })
export const retryJob = (uuid: string) => client.retryJob({ params: { uuid } })
export const changeJobPriority = (uuid: string, priority: number) =>
  client.changeJob({ params: { uuid }, body: { priority } })
export const changeJobs = (action: JobAction, jobs: ReadonlyArray<string>, priority?: number) =>
  client.changeJobs({ body: { action, jobs, ...(priority === undefined ? {} : { priority }) } })

export const listRunners = (query: QueryOf<"listRunners">, signal?: AbortSignal) =>
  client.listRunners({ query, signal })
/** Reads the pages of the list up to the runner. */
export const findRunner = async (id: number, signal?: AbortSignal, start = 0): Promise<Runner | undefined> => {
  const { data, total } = await listRunners({ start, count: 100 }, signal)
  const found = data.find((runner) => runner.id === id)
  const next = start + data.length
  return found !== undefined || next >= total || data.length === 0 ? found : findRunner(id, signal, next)
}
export const changeRunner = (id: number, body: BodyOf<"updateRunner">) => client.updateRunner({ ...ofRunner(id), body })
export const removeRunner = (id: number) => client.deleteRunner(ofRunner(id))

export const listTokens = (signal?: AbortSignal) =>
  client.listRegistrationTokens({ query: { start: 0, count: 100 }, signal })
export const createToken = (body: BodyOf<"generateRegistrationToken">) => client.generateRegistrationToken({ body })
export const deleteToken = (id: number) => client.deleteRegistrationToken({ params: { id } })

export const readOverview = (query: QueryOf<"getOverview">, signal?: AbortSignal) =>
  client.getOverview({ query, signal })
export const readSettings = (signal?: AbortSignal) => client.getSettings({ signal })

export const listWebhooks = (signal?: AbortSignal) => client.listWebhooks({ signal })
export const createWebhook = (body: BodyOf<"createWebhook">) => client.createWebhook({ body })
export const changeWebhook = (id: string, body: BodyOf<"updateWebhook">) =>
  client.updateWebhook({ ...ofWebhook(id), body })
export const rotateSecret = (id: string) => client.rotateWebhookSecret(ofWebhook(id))
export const deleteWebhook = (id: string) => client.deleteWebhook(ofWebhook(id))
export const replayWebhook = (webhookId: string) => client.replayWebhooks({ body: { webhookId } })
export const listDeliveries = (query: QueryOf<"listWebhookDeliveries">, signal?: AbortSignal) =>
  client.listWebhookDeliveries({ query, signal })
