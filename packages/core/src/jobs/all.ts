import { Layer } from "effect"
import type { FileStorage } from "../ports/FileStorage.ts"
import type { MediaProbe } from "../ports/MediaProbe.ts"
import type { VideoStore } from "../ports/VideoStore.ts"
import { GenerateVideoStoryboard } from "./GenerateVideoStoryboard.ts"
import * as JobType from "./JobType.ts"
import { LiveRtmpHlsTranscoding } from "./LiveRtmpHlsTranscoding.ts"
import * as LiveLocks from "./live/LiveLocks.ts"
import { VideoStudioTranscoding } from "./VideoStudioTranscoding.ts"
import { VideoTranscription } from "./VideoTranscription.ts"
import { VodAudioMergeTranscoding } from "./VodAudioMergeTranscoding.ts"
import { VodHlsTranscoding } from "./VodHlsTranscoding.ts"
import { VodWebVideoTranscoding } from "./VodWebVideoTranscoding.ts"

/** The built-in job types. */
export const layer: Layer.Layer<JobType.JobTypes, never, FileStorage | MediaProbe | VideoStore> = JobType.layer([
  VodHlsTranscoding,
  VodWebVideoTranscoding,
  VodAudioMergeTranscoding,
  VideoStudioTranscoding,
  VideoTranscription,
  GenerateVideoStoryboard,
  LiveRtmpHlsTranscoding
]).pipe(Layer.provide(LiveLocks.layer))
