import { Layer } from "effect"
import { GenerateVideoStoryboard } from "./GenerateVideoStoryboard.ts"
import * as JobType from "./JobType.ts"
import { LiveRtmpHlsTranscoding } from "./LiveRtmpHlsTranscoding.ts"
import * as LiveLocks from "./live/LiveLocks.ts"
import { VideoStudioTranscoding } from "./VideoStudioTranscoding.ts"
import { VideoTranscription } from "./VideoTranscription.ts"
import { VodAudioMergeTranscoding } from "./VodAudioMergeTranscoding.ts"
import { VodHlsTranscoding } from "./VodHlsTranscoding.ts"
import { VodWebVideoTranscoding } from "./VodWebVideoTranscoding.ts"

/** The job types of PeerTube's runner. */
export const builtIn = [
  VodHlsTranscoding,
  VodWebVideoTranscoding,
  VodAudioMergeTranscoding,
  VideoStudioTranscoding,
  VideoTranscription,
  GenerateVideoStoryboard,
  LiveRtmpHlsTranscoding
] as const

/** The built-in job types alone. */
export type BuiltIn = typeof builtIn

/** The requirements of job types that the host must meet. */
// biome-ignore lint/suspicious/noExplicitAny: job types with any requirements; they are inferred
export type HostNeeds<Types extends ReadonlyArray<JobType.OpenJobType<any>>> = Exclude<
  JobType.Needs<Types[number]>,
  LiveLocks.LiveLocks
>

/** Offers these job types. */
// biome-ignore lint/suspicious/noExplicitAny: job types with any requirements; they are inferred
export const layer = <const Types extends ReadonlyArray<JobType.OpenJobType<any>>>(
  types: Types
): Layer.Layer<JobType.JobTypes, never, HostNeeds<Types>> => Layer.provide(JobType.layer(types), LiveLocks.layer)
