import { Layer } from "effect"
import type { FileStorage } from "../ports/FileStorage.ts"
import type { MediaProbe } from "../ports/MediaProbe.ts"
import type { VideoStore } from "../ports/VideoStore.ts"
import * as JobType from "./JobType.ts"
import { LiveRtmpHlsTranscoding } from "./LiveRtmpHlsTranscoding.ts"
import * as LiveLocks from "./live/LiveLocks.ts"
import { VodHlsTranscoding } from "./VodHlsTranscoding.ts"

/** The built-in job types. */
export const layer: Layer.Layer<JobType.JobTypes, never, FileStorage | MediaProbe | VideoStore> = JobType.layer([
  VodHlsTranscoding,
  LiveRtmpHlsTranscoding
]).pipe(Layer.provide(LiveLocks.layer))
