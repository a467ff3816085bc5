import { hlsTranscoding } from "./HlsTranscoding.ts"
import type { JobType } from "./JobType.ts"
import { liveTranscoding } from "./live/LiveTranscoding.ts"

/** The job types that this package can do, but those that need a program of the host. */
export const builtIn: ReadonlyArray<JobType> = [hlsTranscoding, liveTranscoding]
