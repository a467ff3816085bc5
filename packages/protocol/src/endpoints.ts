import { cancelJob } from "./admin/cancelJob.ts"
import { deleteJob } from "./admin/deleteJob.ts"
import { deleteRegistrationToken } from "./admin/deleteRegistrationToken.ts"
import { deleteRunner } from "./admin/deleteRunner.ts"
import { generateRegistrationToken } from "./admin/generateRegistrationToken.ts"
import { listJobs } from "./admin/listJobs.ts"
import { listLabels } from "./admin/listLabels.ts"
import { listRegistrationTokens } from "./admin/listRegistrationTokens.ts"
import { listRunners } from "./admin/listRunners.ts"
import { updateRunner } from "./admin/updateRunner.ts"
import { openApi } from "./description/openApi.ts"
import { djangoMaxQuality } from "./files/djangoMaxQuality.ts"
import { maxQuality } from "./files/maxQuality.ts"
import { maxQualityAudio } from "./files/maxQualityAudio.ts"
import { preview } from "./files/preview.ts"
import { taskFile } from "./files/taskFile.ts"
import { thumbnail } from "./files/thumbnail.ts"
import type { AnyEndpoint } from "./http/Endpoint.ts"
import { abort } from "./jobs/abort.ts"
import { accept } from "./jobs/accept.ts"
import { error } from "./jobs/error.ts"
import { request } from "./jobs/request.ts"
import { success } from "./jobs/success.ts"
import { update } from "./jobs/update.ts"
import { register } from "./runners/register.ts"
import { unregister } from "./runners/unregister.ts"
import { postFile, uploadFile } from "./uploads/uploadFile.ts"
import { createWebhook } from "./webhooks/createWebhook.ts"
import { deleteWebhook } from "./webhooks/deleteWebhook.ts"
import { listWebhookDeliveries } from "./webhooks/listWebhookDeliveries.ts"
import { listWebhooks } from "./webhooks/listWebhooks.ts"
import { replayWebhooks } from "./webhooks/replayWebhooks.ts"
import { rotateWebhookSecret } from "./webhooks/rotateWebhookSecret.ts"
import { updateWebhook } from "./webhooks/updateWebhook.ts"

/** The path of all endpoints. */
export const basePath = "/api/v1/runners"

/** Every endpoint of the wire, by name: those of runners, then those of administrators. */
export const Endpoints = {
  register,
  unregister,
  request,
  accept,
  abort,
  update,
  error,
  success,
  maxQuality,
  maxQualityAudio,
  thumbnail,
  preview,
  taskFile,
  djangoMaxQuality,
  uploadFile,
  postFile,
  listRunners,
  listLabels,
  updateRunner,
  deleteRunner,
  listRegistrationTokens,
  generateRegistrationToken,
  deleteRegistrationToken,
  listJobs,
  cancelJob,
  deleteJob,
  listWebhooks,
  createWebhook,
  updateWebhook,
  rotateWebhookSecret,
  deleteWebhook,
  listWebhookDeliveries,
  replayWebhooks,
  openApi
} as const

/** The same as a list. */
export const endpoints: ReadonlyArray<AnyEndpoint> = Object.values(Endpoints)
