import { t } from "../texts.ts"
import type { Delivery, Job, Overview, Page, RegistrationToken, Runner, Setting, Webhook } from "./documents.ts"
import { ApiError, call, get } from "./http.ts"

const api = "/api/v1/runners"

export interface JobsQuery {
  readonly start: number
  readonly count: number
  readonly sort?: string
  readonly search?: string
  readonly stateOneOf?: ReadonlyArray<string>
  readonly typeOneOf?: ReadonlyArray<string>
  readonly runnerId?: string
  readonly videoUUID?: string
}

export const listJobs = (query: JobsQuery, signal?: AbortSignal): Promise<Page<Job>> =>
  get(`${api}/jobs`, { ...query }, signal)

export const getJob = async (uuid: string, signal?: AbortSignal): Promise<Job> => {
  const [job] = (await listJobs({ start: 0, count: 1, search: uuid }, signal)).data
  if (job === undefined) throw new ApiError(404, t.errors.notFound)
  return job
}

export const retryJob = (uuid: string): Promise<void> => call("POST", `/jobs/${encodeURIComponent(uuid)}/retry`)

export type JobAction = "cancel" | "retry" | "delete"

/** Cancels, retries or deletes one job. */
export const changeJob = (action: JobAction, uuid: string): Promise<void> => {
  if (action === "retry") return retryJob(uuid)
  const path = `${api}/jobs/${encodeURIComponent(uuid)}`
  return action === "delete" ? call("DELETE", path) : call("POST", `${path}/cancel`)
}

export const listRunners = (
  query: { readonly start: number; readonly count: number },
  signal?: AbortSignal
): Promise<Page<Runner>> => get(api, query, signal)

export const changeRunner = (
  id: number,
  change: { readonly name?: string; readonly labels?: ReadonlyArray<string>; readonly state?: Runner["state"] }
): Promise<Runner> => call("PATCH", `${api}/${id}`, { body: change })

export const removeRunner = (id: number): Promise<void> => call("DELETE", `${api}/${id}`)

export const listTokens = (signal?: AbortSignal): Promise<Page<RegistrationToken>> =>
  get(`${api}/registration-tokens`, { start: 0, count: 100 }, signal)

export const createToken = (options: {
  readonly labels?: ReadonlyArray<string>
  readonly expiresAt?: string
  readonly maxUses?: number
}): Promise<RegistrationToken> => call("POST", `${api}/registration-tokens/generate`, { body: options })

export const deleteToken = (id: number): Promise<void> => call("DELETE", `${api}/registration-tokens/${id}`)

export const readOverview = (range: string, signal?: AbortSignal): Promise<Overview> =>
  get("/overview", { range }, signal)

export const readSettings = (signal?: AbortSignal): Promise<{ readonly settings: ReadonlyArray<Setting> }> =>
  get("/settings", {}, signal)

export const listWebhooks = (signal?: AbortSignal): Promise<Page<Webhook>> => get(`${api}/webhooks`, {}, signal)

export const createWebhook = (webhook: {
  readonly url: string
  readonly description?: string
}): Promise<Webhook & { readonly secret: string }> => call("POST", `${api}/webhooks`, { body: webhook })

export const changeWebhook = (id: string, change: { readonly enabled: boolean }): Promise<Webhook> =>
  call("PUT", `${api}/webhooks/${id}`, { body: change })

export const rotateSecret = (id: string): Promise<{ readonly secret: string }> =>
  call("POST", `${api}/webhooks/${id}/rotate-secret`)

export const deleteWebhook = (id: string): Promise<void> => call("DELETE", `${api}/webhooks/${id}`)

export const replayWebhook = (id: string): Promise<{ readonly replayed: number }> =>
  call("POST", `${api}/webhook-deliveries/replay`, { body: { webhookId: id } })

export const listDeliveries = (
  query: { readonly webhookId?: string; readonly state?: string; readonly start: number; readonly count: number },
  signal?: AbortSignal
): Promise<Page<Delivery>> => get(`${api}/webhook-deliveries`, query, signal)
