import { audioMerge } from "./AudioMerge.ts"
import { hlsTranscoding } from "./HlsTranscoding.ts"
import type { JobType } from "./JobType.ts"
import { liveTranscoding } from "./live/LiveTranscoding.ts"
import { storyboard } from "./Storyboard.ts"
import { studioTranscoding } from "./StudioTranscoding.ts"
import { webVideoTranscoding } from "./WebVideoTranscoding.ts"

/** The job types of this package, except those that need a program of the host. */
export const builtIn: ReadonlyArray<JobType> = [
  hlsTranscoding,
  webVideoTranscoding,
  audioMerge,
  studioTranscoding,
  storyboard,
  liveTranscoding
]
