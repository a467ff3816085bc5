import type {
  BulkResult,
  Delivery,
  Job,
  JobDetails,
  Overview,
  Page,
  RegistrationToken,
  Runner,
  Setting,
  Webhook
} from "./documents.ts"
import { call, get } from "./http.ts"

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
  readonly renditionUUID?: string
  readonly label?: string
}

export const listJobs = (query: JobsQuery, signal?: AbortSignal): Promise<Page<Job>> =>
  get(`${api}/jobs`, { ...query }, signal)

export const getJob = (uuid: string, signal?: AbortSignal): Promise<JobDetails> =>
  get(`/jobs/${encodeURIComponent(uuid)}`, {}, signal)

export const retryJob = (uuid: string): Promise<void> => call("POST", `/jobs/${encodeURIComponent(uuid)}/retry`)

export type JobAction = "cancel" | "retry" | "delete"

/** Cancels, retries or deletes up to 100 jobs. Each has its own result. */
export const changeJobs = (
  action: JobAction,
  jobs: ReadonlyArray<string>
): Promise<{ readonly results: ReadonlyArray<BulkResult> }> => call("POST", "/jobs/bulk", { body: { action, jobs } })

export const listRunners = (
  query: { readonly start: number; readonly count: number },
  signal?: AbortSignal
): Promise<Page<Runner>> => get(api, query, signal)

/** Reads the pages of the list up to the runner. */
export const findRunner = async (id: number, signal?: AbortSignal, start = 0): Promise<Runner | undefined> => {
  const { data, total } = await listRunners({ start, count: 100 }, signal)
  const found = data.find((runner) => runner.id === id)
  return found !== undefined || start + data.length >= total || data.length === 0
    ? found
    : findRunner(id, signal, start + data.length)
}

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
