import * as AdminEndpoints from "./AdminEndpoints.ts"
import type { AnyEndpoint } from "./Endpoint.ts"
import * as FileEndpoints from "./FileEndpoints.ts"
import * as JobEndpoints from "./JobEndpoints.ts"
import { openApi } from "./OpenApi.ts"
import * as RunnerEndpoints from "./RunnerEndpoints.ts"
import * as UploadEndpoints from "./UploadEndpoints.ts"

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
