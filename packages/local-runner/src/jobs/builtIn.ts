import { hlsTranscoding } from "./HlsTranscoding.ts"
import type { JobType } from "./JobType.ts"

/** The job types that this package can do. */
export const builtIn: ReadonlyArray<JobType> = [hlsTranscoding]
