import type {
  ConnectorConfig,
  CustomUploads,
  FileStorage,
  JobAdmin,
  JobFiles,
  JobLease,
  JobType,
  RunnerJobs,
  Runners,
  Webhooks
} from "@runner-connector/core"
import { Effect } from "effect"
import { handleCancelJob } from "./admin/cancelJob.ts"
import { handleDeleteJob } from "./admin/deleteJob.ts"
import { handleDeleteRegistrationToken } from "./admin/deleteRegistrationToken.ts"
import { handleDeleteRunner } from "./admin/deleteRunner.ts"
import { handleGenerateRegistrationToken } from "./admin/generateRegistrationToken.ts"
import { handleListJobs } from "./admin/listJobs.ts"
import { handleListLabels } from "./admin/listLabels.ts"
import { handleListRegistrationTokens } from "./admin/listRegistrationTokens.ts"
import { handleListRunners } from "./admin/listRunners.ts"
import { handleUpdateRunner } from "./admin/updateRunner.ts"
import { handleOpenApi } from "./description/openApi.ts"
import type { Endpoints } from "./endpoints.ts"
import { handleDjangoMaxQuality } from "./files/djangoMaxQuality.ts"
import { handleMaxQuality } from "./files/maxQuality.ts"
import { handleMaxQualityAudio } from "./files/maxQualityAudio.ts"
import { handlePreview } from "./files/preview.ts"
import { handleTaskFile } from "./files/taskFile.ts"
import { handleThumbnail } from "./files/thumbnail.ts"
import type { Handler, Reception } from "./http/Handler.ts"
import { handleAbort } from "./jobs/abort.ts"
import { handleAccept } from "./jobs/accept.ts"
import { handleError } from "./jobs/error.ts"
import { handleRequest } from "./jobs/request.ts"
import { handleSuccess } from "./jobs/success.ts"
import { handleUpdate } from "./jobs/update.ts"
import { handleRegister } from "./runners/register.ts"
import { handleUnregister } from "./runners/unregister.ts"
import { handlePostFile, handleUploadFile } from "./uploads/uploadFile.ts"
import { handleCreateWebhook } from "./webhooks/createWebhook.ts"
import { handleDeleteWebhook } from "./webhooks/deleteWebhook.ts"
import { handleListWebhookDeliveries } from "./webhooks/listWebhookDeliveries.ts"
import { handleListWebhooks } from "./webhooks/listWebhooks.ts"
import { handleReplayWebhooks } from "./webhooks/replayWebhooks.ts"
import { handleRotateWebhookSecret } from "./webhooks/rotateWebhookSecret.ts"
import { handleUpdateWebhook } from "./webhooks/updateWebhook.ts"

/** The use cases, ports and settings that the handlers call. */
export type HandlerNeeds =
  | Runners.Runners
  | RunnerJobs.RunnerJobs
  | JobAdmin.JobAdmin
  | Webhooks.Webhooks
  | JobFiles.JobFiles
  | CustomUploads.CustomUploads
  | JobLease.JobLease
  | JobType.JobTypes
  | FileStorage.FileStorage
  | ConnectorConfig.ConnectorConfig

/** Makes the handler of every endpoint, by the endpoint's name. */
export const makeHandlers: Effect.Effect<
  Readonly<Record<keyof typeof Endpoints, Handler>>,
  never,
  Reception | HandlerNeeds
> = Effect.all({
  register: handleRegister,
  unregister: handleUnregister,
  request: handleRequest,
  accept: handleAccept,
  abort: handleAbort,
  update: handleUpdate,
  error: handleError,
  success: handleSuccess,
  maxQuality: handleMaxQuality,
  maxQualityAudio: handleMaxQualityAudio,
  thumbnail: handleThumbnail,
  preview: handlePreview,
  taskFile: handleTaskFile,
  djangoMaxQuality: handleDjangoMaxQuality,
  uploadFile: handleUploadFile,
  postFile: handlePostFile,
  listRunners: handleListRunners,
  listLabels: handleListLabels,
  updateRunner: handleUpdateRunner,
  deleteRunner: handleDeleteRunner,
  listRegistrationTokens: handleListRegistrationTokens,
  generateRegistrationToken: handleGenerateRegistrationToken,
  deleteRegistrationToken: handleDeleteRegistrationToken,
  listJobs: handleListJobs,
  cancelJob: handleCancelJob,
  deleteJob: handleDeleteJob,
  listWebhooks: handleListWebhooks,
  createWebhook: handleCreateWebhook,
  updateWebhook: handleUpdateWebhook,
  rotateWebhookSecret: handleRotateWebhookSecret,
  deleteWebhook: handleDeleteWebhook,
  listWebhookDeliveries: handleListWebhookDeliveries,
  replayWebhooks: handleReplayWebhooks,
  openApi: handleOpenApi
})
