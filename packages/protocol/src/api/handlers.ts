import type {
  Capabilities,
  ConnectorConfig,
  ConnectorEvents,
  Editing,
  EventStore,
  FileStorage,
  JobAdmin,
  JobType,
  Lives,
  MediaReports,
  Overview,
  Removal,
  Runners,
  Transcoding,
  Transcription,
  Uploads,
  VideoAdmin,
  VideoStore
} from "@runner-connector/core"
import { Effect, type Scope } from "effect"
import { handleStreamEvents } from "../events/streamEvents.ts"
import type { Handler, Reception } from "../http/Handler.ts"
import { handleChangeJob } from "../jobs/changeJob.ts"
import { handleChangeJobs } from "../jobs/changeJobs.ts"
import { handleGetJob } from "../jobs/JobDetails.ts"
import { handleStartLive, handleStopLive } from "../lives/lives.ts"
import { handleGetOverview } from "../overview/getOverview.ts"
import { handleGetSession, handleSignIn, handleSignOut } from "../session/session.ts"
import { handleCancelVideo, handleChangeVideo, handleRetryVideo } from "../videos/changeVideo.ts"
import { handleChangeVideos } from "../videos/changeVideos.ts"
import { handleEditVideo } from "../videos/editVideo.ts"
import { handleGetAccess } from "../videos/getAccess.ts"
import { handleGetReports } from "../videos/getReports.ts"
import { handleTranscribeElsewhere, handleTranscribeVideo } from "../videos/requestCaptions.ts"
import { handleTranscodeVideo } from "../videos/transcodeVideo.ts"
import { handleUploadVideo } from "../videos/uploadVideo.ts"
import { handleDeleteVideo, handleGetVideo, handleListVideos } from "../videos/videos.ts"
import { handleEnsureRenditions, handleRetryJob } from "../videos/work.ts"
import type { ApiHost } from "./ApiHost.ts"
import type { ApiEndpoints } from "./endpoints.ts"
import { handleGetCapabilities } from "./getCapabilities.ts"
import { handleGetSettings } from "./getSettings.ts"

/** The use cases, ports and settings that the handlers call. */
export type ApiNeeds =
  | ConnectorConfig.ConnectorConfig
  | ConnectorEvents.ConnectorEvents
  | EventStore.EventStore
  | Editing.Editing
  | FileStorage.FileStorage
  | JobAdmin.JobAdmin
  | JobType.JobTypes
  | Lives.Lives
  | MediaReports.MediaReports
  | Overview.Overview
  | VideoAdmin.VideoAdmin
  | Capabilities.Capabilities
  | Removal.Removal
  | Runners.Runners
  | Transcoding.Transcoding
  | Transcription.Transcription
  | Uploads.Uploads
  | VideoStore.VideoStore

/** Makes the handler of every endpoint, by the endpoint's name. */
export const makeApiHandlers: Effect.Effect<
  Readonly<Record<keyof typeof ApiEndpoints, Handler>>,
  never,
  Reception | ApiHost | ApiNeeds | Scope.Scope
> = Effect.all({
  getSession: handleGetSession,
  signIn: handleSignIn,
  signOut: handleSignOut,
  getAccess: handleGetAccess,
  streamEvents: handleStreamEvents,
  getOverview: handleGetOverview,
  getCapabilities: handleGetCapabilities,
  getSettings: handleGetSettings,
  listVideos: handleListVideos,
  uploadVideo: handleUploadVideo,
  transcodeVideo: handleTranscodeVideo,
  transcribeElsewhere: handleTranscribeElsewhere,
  changeVideos: handleChangeVideos,
  getVideo: handleGetVideo,
  changeVideo: handleChangeVideo,
  deleteVideo: handleDeleteVideo,
  cancelVideo: handleCancelVideo,
  retryVideo: handleRetryVideo,
  editVideo: handleEditVideo,
  transcribeVideo: handleTranscribeVideo,
  ensureRenditions: handleEnsureRenditions,
  getReports: handleGetReports,
  startLive: handleStartLive,
  stopLive: handleStopLive,
  getJob: handleGetJob,
  changeJob: handleChangeJob,
  retryJob: handleRetryJob,
  changeJobs: handleChangeJobs
})
