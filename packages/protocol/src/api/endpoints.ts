import { streamEvents } from "../events/streamEvents.ts"
import type { AnyEndpoint } from "../http/Endpoint.ts"
import { changeJob } from "../jobs/changeJob.ts"
import { changeJobs } from "../jobs/changeJobs.ts"
import { getJob } from "../jobs/JobDetails.ts"
import { startLive, stopLive } from "../lives/lives.ts"
import { getOverview } from "../overview/getOverview.ts"
import { getSession, signIn, signOut } from "../session/session.ts"
import { cancelVideo, changeVideo, retryVideo } from "../videos/changeVideo.ts"
import { changeVideos } from "../videos/changeVideos.ts"
import { editVideo } from "../videos/editVideo.ts"
import { getAccess } from "../videos/getAccess.ts"
import { getReports } from "../videos/getReports.ts"
import { transcribeElsewhere, transcribeVideo } from "../videos/requestCaptions.ts"
import { transcodeVideo } from "../videos/transcodeVideo.ts"
import { uploadVideo } from "../videos/uploadVideo.ts"
import { deleteVideo, getVideo, listVideos } from "../videos/videos.ts"
import { ensureRenditions, retryJob } from "../videos/work.ts"
import { getCapabilities } from "./getCapabilities.ts"
import { getSettings } from "./getSettings.ts"

/** Every endpoint of the console's API beside the administration of runners, by name. */
export const ApiEndpoints = {
  getSession,
  signIn,
  signOut,
  getAccess,
  streamEvents,
  getOverview,
  getCapabilities,
  getSettings,
  listVideos,
  uploadVideo,
  transcodeVideo,
  transcribeElsewhere,
  changeVideos,
  getVideo,
  changeVideo,
  deleteVideo,
  cancelVideo,
  retryVideo,
  editVideo,
  transcribeVideo,
  ensureRenditions,
  getReports,
  startLive,
  stopLive,
  getJob,
  changeJob,
  retryJob,
  changeJobs
} as const

/** The same as a list. */
export const apiEndpoints: ReadonlyArray<AnyEndpoint> = Object.values(ApiEndpoints)
