import type { AnyEndpoint } from "./Endpoint.ts"
import * as FileEndpoints from "./FileEndpoints.ts"
import * as JobEndpoints from "./JobEndpoints.ts"
import * as RunnerEndpoints from "./RunnerEndpoints.ts"

/** Where everything that runners ask for stands. */
export const basePath = "/api/v1/runners"

/** Every endpoint of the runner's wire, in one list. */
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
  FileEndpoints.preview
]
