import * as AdminEndpoints from "./admin/AdminEndpoints.ts"
import * as FileEndpoints from "./files/FileEndpoints.ts"
import type { AnyEndpoint } from "./http/Endpoint.ts"
import * as JobEndpoints from "./jobs/JobEndpoints.ts"
import { openApi } from "./OpenApi.ts"
import * as RunnerEndpoints from "./runners/RunnerEndpoints.ts"
import * as UploadEndpoints from "./uploads/UploadEndpoints.ts"

/** Where all of it stands. */
export const basePath = "/api/v1/runners"

/** Every endpoint of the wire, in one list: those of runners, and those of administrators. */
export const endpoints: ReadonlyArray<AnyEndpoint> = [
  RunnerEndpoints.register,
  RunnerEndpoints.unregister,
  JobEndpoints.request,
  JobEndpoints.accept,
  JobEndpoints.abort,
  JobEndpoints.update,
  JobEndpoints.error,
  JobEndpoints.success,
  FileEndpoints.maxQuality,
  FileEndpoints.maxQualityAudio,
  FileEndpoints.thumbnail,
  FileEndpoints.preview,
  FileEndpoints.taskFile,
  UploadEndpoints.uploadFile,
  UploadEndpoints.postFile,
  AdminEndpoints.listRunners,
  AdminEndpoints.deleteRunner,
  AdminEndpoints.listRegistrationTokens,
  AdminEndpoints.generateRegistrationToken,
  AdminEndpoints.deleteRegistrationToken,
  AdminEndpoints.listJobs,
  AdminEndpoints.cancelJob,
  AdminEndpoints.deleteJob,
  openApi
]
