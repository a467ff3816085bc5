/** The JSON documents of the HTTP API, as far as the console reads them. */
export interface Page<A> {
  readonly total: number
  /** Whether there are more rows than `total`. */
  readonly totalIsCapped?: boolean
  readonly data: ReadonlyArray<A>
}

export interface Labelled {
  readonly id: number
  readonly label: string
}

export interface Attempt {
  readonly runner: string
  readonly version: string | null
  readonly startedAt: string
  readonly endedAt: string | null
  readonly outcome: string | null
  readonly message: string | null
}

/** The members that a job has in each document. */
export interface JobSummary {
  readonly uuid: string
  readonly type: string
  readonly state: Labelled
  readonly progress: number | null
  readonly failures: number
  readonly error: string | null
  readonly runner: { readonly id: number; readonly name: string } | null
  readonly attempts: ReadonlyArray<Attempt>
  readonly waitingFor: string | null
  readonly retryAt: string | null
}

/** How far a rendition is that is made in chunks. */
export interface ChunkProgress {
  readonly total: number
  readonly completed: number
}

export interface VideoJob extends JobSummary {
  readonly resolution: number | null
  /** Null for a job that makes a whole file. Otherwise `progress` is that of all chunks. */
  readonly chunks: ChunkProgress | null
}

export interface VideoFile {
  readonly resolution: number
  readonly fps: number
  readonly width: number
  readonly height: number
  readonly size: number
  readonly url: string
}

export interface Caption {
  readonly language: string
  readonly label: string
  readonly automatic: boolean
  readonly url: string
}

export interface Video {
  readonly uuid: string
  readonly id: number
  readonly name: string | null
  readonly title: string | null
  readonly fileName: string | null
  readonly externalId: string | null
  readonly state: Labelled
  readonly duration: number | null
  readonly thumbnailUrl: string | null
  readonly playlistUrl: string | null
  readonly files: ReadonlyArray<VideoFile>
  readonly webVideos: ReadonlyArray<VideoFile>
  readonly captions: ReadonlyArray<Caption>
  readonly storyboard: { readonly url: string; readonly trackUrl: string } | null
  readonly live: { readonly state: string; readonly error: string | null; readonly replay: boolean } | null
  readonly jobs: ReadonlyArray<VideoJob>
  readonly progress: number
  readonly createdAt: string
}

export interface Job extends JobSummary {
  readonly priority: number
  /** The labels that a runner must have. */
  readonly labels: ReadonlyArray<string>
  readonly payload: Readonly<Record<string, unknown>>
  readonly privatePayload: Readonly<Record<string, unknown>>
  readonly createdAt: string
  readonly updatedAt: string
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly parent?: { readonly uuid: string; readonly type: string; readonly state: Labelled }
  /** The rendition of which the job makes a chunk. */
  readonly rendition?: ChunkProgress & { readonly uuid: string; readonly progress: number }
}

export interface JobDetails extends Job {
  /** The name is null when the video was deleted. */
  readonly video: { readonly uuid: string; readonly name: string | null } | null
}

export interface BulkResult {
  readonly uuid: string
  /** 204, or the status of the refusal. */
  readonly status: number
  readonly detail: string | null
}

export interface Runner {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly ip: string | null
  readonly version: string | null
  readonly lastContact: string
  readonly createdAt: string
  readonly online: boolean
  readonly labels: ReadonlyArray<string>
  readonly state: "active" | "paused" | "draining"
  readonly currentJobs: number
  readonly quarantine?: { readonly until: string; readonly reason: string } | null
}

export interface RegistrationToken {
  readonly id: number
  readonly createdAt: string
  /** The whole token in the answer that creates it, otherwise its last characters. */
  readonly registrationToken: string
  readonly labels: ReadonlyArray<string>
  readonly expiresAt: string | null
  readonly maxUses: number | null
  /** How many runners have registered, including those that were removed since. */
  readonly uses: number
}

export interface Webhook {
  readonly id: string
  readonly url: string
  readonly description: string
  readonly types: ReadonlyArray<string>
  readonly enabled: boolean
  readonly disabledReason: string | null
  readonly createdAt: string
}

export interface Delivery {
  readonly id: string
  readonly type: string
  readonly state: string
  readonly attempts: number
  readonly status: number | null
  readonly error: string | null
  readonly createdAt?: string
  readonly nextAttemptAt?: string | null
}

export interface Setting {
  readonly name: string
  readonly value: string | null
  readonly origin: "environment" | "default"
  readonly secret: boolean
  readonly description: string | null
}

export interface StreamEvent {
  readonly type: string
  readonly videoId: string | null
  readonly jobId: string | null
  readonly runnerId: number | null
}

export interface Progress {
  readonly uuid: string
  readonly videoId: string | null
  readonly progress: number | null
  readonly updatedAt: string
}

export interface Overview {
  readonly at: string
  readonly bucketSeconds: number
  readonly throughput: { readonly completed: number; readonly failed: number; readonly failureRate: number | null }
  readonly queue: ReadonlyArray<{
    readonly type: string
    readonly pending: number
    readonly processing: number
    readonly waiting: number
    readonly oldestPendingAt: string | null
  }>
  readonly oldestPending: { readonly uuid: string; readonly type: string; readonly createdAt: string } | null
  readonly runners: { readonly total: number; readonly online: number; readonly busy: number; readonly idle: number }
  readonly videos: { readonly total: number }
  readonly storage: { readonly bytes: number }
  readonly series: ReadonlyArray<{ readonly at: string; readonly completed: number; readonly failed: number }>
}
