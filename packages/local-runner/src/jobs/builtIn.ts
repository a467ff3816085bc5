import { audioMerge } from "./AudioMerge.ts"
import { hlsTranscoding } from "./HlsTranscoding.ts"
import type { JobType } from "./JobType.ts"
import { storyboard } from "./Storyboard.ts"
import { studioTranscoding } from "./StudioTranscoding.ts"
import { webVideoTranscoding } from "./WebVideoTranscoding.ts"

/** The job types that this package can do. */
export const builtIn: ReadonlyArray<JobType> = [
  hlsTranscoding,
  webVideoTranscoding,
  audioMerge,
  studioTranscoding,
  storyboard
]
