import type { ApiEndpoints } from "../api/endpoints.ts"
import type { Endpoints } from "../endpoints.ts"

/** The calls of administrators in the runner API. */
type AdminName =
  | "listRunners"
  | "listLabels"
  | "updateRunner"
  | "deleteRunner"
  | "listRegistrationTokens"
  | "generateRegistrationToken"
  | "deleteRegistrationToken"
  | "listJobs"
  | "cancelJob"
  | "deleteJob"
  | "listWebhooks"
  | "createWebhook"
  | "updateWebhook"
  | "rotateWebhookSecret"
  | "deleteWebhook"
  | "listWebhookDeliveries"
  | "replayWebhooks"

/** The records of the client's calls. The stream of events is no call. */
export type Records = Omit<typeof ApiEndpoints, "streamEvents"> & Pick<typeof Endpoints, AdminName>

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/**
 * Method and path of every call and of the stream of events. Written down again, because the records load their schemas. A
 * test compares them.
 */
export const routes: Readonly<Record<keyof Records | "streamEvents", `${Method} /${string}`>> = {
  getSession: "GET /session",
  signIn: "POST /session",
  signOut: "DELETE /session",
  getAccess: "GET /access",
  streamEvents: "GET /events",
  getOverview: "GET /overview",
  getCapabilities: "GET /capabilities",
  getSettings: "GET /settings",
  listVideos: "GET /videos",
  uploadVideo: "POST /videos/upload",
  transcodeVideo: "POST /videos/transcode",
  transcribeElsewhere: "POST /videos/transcript",
  changeVideos: "POST /videos/bulk",
  getVideo: "GET /videos/:uuid",
  changeVideo: "PATCH /videos/:uuid",
  deleteVideo: "DELETE /videos/:uuid",
  cancelVideo: "POST /videos/:uuid/cancel",
  retryVideo: "POST /videos/:uuid/retry",
  editVideo: "POST /videos/:uuid/edit",
  transcribeVideo: "POST /videos/:uuid/transcript",
  ensureRenditions: "POST /videos/:uuid/renditions",
  getReports: "GET /videos/:uuid/reports",
  startLive: "POST /lives",
  stopLive: "POST /lives/:uuid/stop",
  getJob: "GET /jobs/:uuid",
  changeJob: "PATCH /jobs/:uuid",
  retryJob: "POST /jobs/:uuid/retry",
  changeJobs: "POST /jobs/bulk",
  listRunners: "GET /api/v1/runners",
  listLabels: "GET /api/v1/runners/labels",
  updateRunner: "PATCH /api/v1/runners/:runnerId",
  deleteRunner: "DELETE /api/v1/runners/:runnerId",
  listRegistrationTokens: "GET /api/v1/runners/registration-tokens",
  generateRegistrationToken: "POST /api/v1/runners/registration-tokens/generate",
  deleteRegistrationToken: "DELETE /api/v1/runners/registration-tokens/:id",
  listJobs: "GET /api/v1/runners/jobs",
  cancelJob: "POST /api/v1/runners/jobs/:jobUUID/cancel",
  deleteJob: "DELETE /api/v1/runners/jobs/:jobUUID",
  listWebhooks: "GET /api/v1/runners/webhooks",
  createWebhook: "POST /api/v1/runners/webhooks",
  updateWebhook: "PUT /api/v1/runners/webhooks/:webhookId",
  rotateWebhookSecret: "POST /api/v1/runners/webhooks/:webhookId/rotate-secret",
  deleteWebhook: "DELETE /api/v1/runners/webhooks/:webhookId",
  listWebhookDeliveries: "GET /api/v1/runners/webhook-deliveries",
  replayWebhooks: "POST /api/v1/runners/webhook-deliveries/replay"
}

/** The endpoint of resumable uploads (tus 1.0.0) below the path of the API, where `getCapabilities` reports them. */
export const resumableUploadsPath = "/videos/uploads"
