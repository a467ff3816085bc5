import { Config } from "effect"
import { retryPolicy } from "../domain/job/RetrySchedule.ts"
import { type ConnectorSettings, defaults } from "./ConnectorSettings.ts"
import { duration, flag, orOff, period, positive } from "./kinds.ts"
import { languagesConfig } from "./languagesConfig.ts"
import { planConfig, transcodingConfig } from "./transcodingConfig.ts"

/** The settings as environment variables. */
export const config: Config.Config<Omit<ConnectorSettings, "publicUrl">> = Config.all({
  transcoding: transcodingConfig,
  plan: planConfig,
  languages: languagesConfig,
  vodSilence: period("RUNNER_VOD_SILENCE", defaults.vodSilence, "silence after which a runner loses its job"),
  liveSilence: period("RUNNER_LIVE_SILENCE", defaults.liveSilence, "the same for live jobs"),
  progressSilence: period(
    "RUNNER_PROGRESS_SILENCE",
    defaults.progressSilence,
    "how long the progress of a VOD job may stay the same, beside four times the duration of its video"
  ),
  vodRunTime: period("RUNNER_VOD_RUN_TIME", defaults.vodRunTime, "how long one attempt of a VOD job may take"),
  maxStalls: positive("RUNNER_MAX_STALLS", defaults.maxStalls, "silences of one job before they count as failures"),
  maxInterruptions: positive(
    "RUNNER_MAX_INTERRUPTIONS",
    defaults.maxInterruptions,
    "deaths of servers that store a result of one job before they count as failures"
  ),
  retryPause: Config.all({
    base: duration("RUNNER_RETRY_PAUSE", retryPolicy.base, "backoff after the second failure of a job, then growing"),
    factor: Config.succeed(retryPolicy.factor),
    cap: duration("RUNNER_RETRY_PAUSE_MAX", retryPolicy.cap, "longest backoff")
  }),
  completionWait: duration(
    "RUNNER_COMPLETION_WAIT",
    defaults.completionWait,
    "how long success waits until the result is stored"
  ),
  completionSilence: period(
    "RUNNER_COMPLETION_SILENCE",
    defaults.completionSilence,
    "silence of a storing process after which a server with the received files continues"
  ),
  resumeWindow: period(
    "RUNNER_RESUME_WINDOW",
    defaults.resumeWindow,
    "silence of a storing process before runners can have its job again"
  ),
  uploadSilence: period("RUNNER_UPLOAD_SILENCE", defaults.uploadSilence, "silence of an upload before it is removed"),
  upkeepInterval: period("RUNNER_UPKEEP_INTERVAL", defaults.upkeepInterval, "pause between rounds of upkeep"),
  retiredFor: duration("RUNNER_RETIRED_FOR", defaults.retiredFor, "how long unused files are kept"),
  retentionJobs: orOff("RETENTION_JOBS", "how long finished jobs are kept"),
  retentionEvents: duration("RETENTION_EVENTS", defaults.retentionEvents, "how long delivered events are kept"),
  contactInterval: duration(
    "RUNNER_CONTACT_INTERVAL",
    defaults.contactInterval,
    "how often the last contact of a runner is written"
  ),
  offlineAfter: period("RUNNER_OFFLINE_AFTER", defaults.offlineAfter, "silence after which a runner is offline"),
  rateLimit: Config.integer("RUNNER_RATE_LIMIT").pipe(
    Config.validate({ message: "expected a whole number, or 0 for no limit", validation: (n) => n >= 0 }),
    Config.withDefault(defaults.rateLimit),
    Config.withDescription("unauthenticated requests per IP address in the window")
  ),
  rateWindow: period("RUNNER_RATE_WINDOW", defaults.rateWindow, "the window of this limit"),
  customUploads: flag("CUSTOM_UPLOADS", defaults.customUploads, "let runners upload result files before success"),
  redirectDownloads: flag(
    "RUNNER_REDIRECT_DOWNLOADS",
    defaults.redirectDownloads,
    "redirect downloads of runners to the storage"
  ),
  djangoDownloadPaths: flag(
    "DJANGO_DOWNLOAD_PATHS",
    defaults.djangoDownloadPaths,
    "answer the download paths of django-peertube-runner-connector"
  ),
  maxJsonSize: positive("RUNNER_MAX_JSON_SIZE", defaults.maxJsonSize, "largest JSON body in bytes"),
  maxFileSize: positive("RUNNER_MAX_FILE_SIZE", defaults.maxFileSize, "largest file from a runner in bytes")
})
