import type {
  Chunking,
  Capabilities as CoreCapabilities,
  Event as CoreEvent,
  ConnectorHooks as CoreHooks,
  RunnerJob as CoreJob,
  Overview as CoreOverview,
  Runner as CoreRunner,
  Runners as CoreRunners,
  RunnerSettings as CoreSettings,
  Video as CoreVideo,
  Webhook as CoreWebhook,
  Editing,
  JobStore,
  Lives,
  MediaReports,
  RunnerStore,
  Scheduling,
  StudioTasks,
  Transcoding,
  TranscodingPlan,
  TranscodingSettings,
  Transcription,
  VideoStore,
  WaitingFor,
  WebhookStore,
  Webhooks
} from "@runner-connector/core"
import type { Option } from "effect"
import type { Plain } from "./plain/Plain.ts"

// These types follow the core by themselves. The build writes them out, so that applications need no types of Effect.

/** A video and everything made from it. */
export type Video = Plain<Omit<CoreVideo.Video, "chunking"> & { readonly chunking: Option.Option<ShownOfChunking> }>

type ShownOfChunking = Pick<Chunking.Chunking, "state" | "reason" | "total">

/** The complete probe results of a video's files. */
export type VideoReports = Plain<MediaReports.ReportsOfVideo>

/** Where a video is in its life. */
export type VideoState = CoreVideo.VideoState

/** One HLS rendition: its media file and its playlist. */
export type VideoFile = Plain<CoreVideo.VideoFile>

/** A progressive file. */
export type WebVideo = Plain<CoreVideo.WebVideo>

/** A job of a runner, without its tokens and without the data that only the server needs. */
export type Job = Plain<Omit<CoreJob.RunnerJob, SecretOfJob>>

/** A job in a list, with the job that it waits for. */
export type ListedJob = Plain<Omit<JobStore.ListedJob, SecretOfJob>>

type SecretOfJob = "jobTokenHash" | "privatePayload" | "received"

/** The state of a job. */
export type JobState = CoreJob.JobState

/** Why a job waits. */
export type WaitingReason = Plain<WaitingFor.WaitingFor>

/** A registered runner. */
export type Runner = Plain<Omit<CoreRunners.ListedRunner, "tokenHash">>

/** The changes of `runners.update`. Missing values stay as they are. */
export type RunnerSettings = Plain<CoreSettings.RunnerSettings>

/** What `jobs.update` changes. */
export interface JobChange {
  readonly priority: Scheduling.Priority
}

/** The changes of `videos.update`. Missing values stay as they are. */
export interface VideoChange {
  /** Null removes the title. */
  readonly title?: string | null | undefined
  /** Replaces the metadata as a whole. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  /** `high`, `normal`, `low`, or a number from -10 to 10. Higher runs first. */
  readonly priority?: Scheduling.Priority | undefined
}

/** The labels and limits of a registration token. */
export type TokenLimits = Partial<Plain<RunnerStore.TokenLimits>>

/** A registration token. The token itself is only in the answer of `registrationTokens.create`. */
export type RegistrationToken = Plain<Omit<CoreRunner.RegistrationToken, "tokenHash"> & { readonly runners: number }>

/** A change of state that was committed. */
export type ConnectorEvent = Plain<CoreEvent.Event>

/** The type of an event, such as `video.playable`. */
export type EventType = CoreEvent.EventType

/** An endpoint that receives events. Its secret is only in the answers of `webhooks.create` and `rotateSecret`. */
export type Webhook = Plain<Omit<CoreWebhook.WebhookEndpoint, "secret">>

/** One event for one endpoint. */
export type WebhookDelivery = Plain<CoreWebhook.WebhookDelivery>

/** The settings that select the renditions of a video. */
export type TranscodingOptions = Partial<Plain<TranscodingSettings.TranscodingSettings>>

/** Which files are made of a video. */
export type PlanOptions = Partial<Plain<Omit<TranscodingPlan.TranscodingPlan, "settings">>>

/** The options of `transcodeVideo`, beside the video itself. */
export type TranscodeOptions = Plain<Omit<Transcoding.TranscodeVideo, "path" | "destination">>

/** The options of `transcribeVideo`. */
export type TranscribeRequest = Plain<Transcription.TranscribeVideo>

/** One change of a video. */
export type EditTask = Plain<(typeof StudioTasks.StudioTasks.Encoded)[number]>

/** The options of `editVideo`. */
export type EditOptions = Plain<NonNullable<Parameters<Editing.Editing["Type"]["editVideo"]>[2]>>

/** The options of `startLive`. */
export type StartLiveRequest = Plain<Lives.StartLive>

/** Any of these members. Undefined ones count as absent. */
type Given<A> = { readonly [Key in keyof A]?: A[Key] | undefined }

/** What `videos.list` narrows the list to. */
export type VideoFilter = Given<Plain<VideoStore.VideoFilter>>

/** The figures of an installation. */
export type Overview = Plain<CoreOverview.OverviewFigures>

/** How far back the series of an overview goes. */
export type OverviewRange = CoreOverview.Range

/** The reason why no runner can do each kind of work. Undefined: a registered runner can do it. */
export type Capabilities = Plain<CoreCapabilities.CapabilityFigures>

/** What `jobs.list` narrows the list to. */
export type JobFilter = Given<Plain<JobStore.JobFilter>>

/** The filter of `webhooks.deliveries`. */
export type DeliveryFilter = Partial<Plain<WebhookStore.DeliveryFilter>>

/** What an application sets of a webhook. */
export type WebhookSettings = Plain<Webhooks.WebhookSettings>

type HookOf<Arguments> = Arguments extends readonly [CoreVideo.Video, infer Detail, infer E]
  ? (video: Video, detail: Plain<Detail>, event: Plain<E>) => void | Promise<void>
  : Arguments extends readonly [CoreJob.RunnerJob, infer E]
    ? (job: Job, event: Plain<E>) => void | Promise<void>
    : Arguments extends readonly [CoreVideo.Video, infer E]
      ? (video: Video, event: Plain<E>) => void | Promise<void>
      : never

/**
 * Functions of the application, each called at least once for its event. `event.id` stays the same when a call is
 * repeated. A function that throws, rejects or takes longer than 30 seconds is called again after growing pauses.
 */
export type Hooks = {
  readonly [Name in keyof CoreHooks.Hooks]?: HookOf<Parameters<CoreHooks.Hooks[Name]>>
}
