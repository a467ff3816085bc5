import { Config } from "effect"
import { retryPolicy } from "../domain/job/RetrySchedule.ts"
import { type ConnectorSettings, defaults } from "./ConnectorSettings.ts"
import { jobLabelsConfig } from "./jobLabelsConfig.ts"
import { duration, flag, orOff, period, positive } from "./kinds.ts"
import { languagesConfig } from "./languagesConfig.ts"
import { quarantineConfig } from "./quarantineConfig.ts"
import { labelLimitsConfig, tenantLimitsConfig, tenantWeightsConfig } from "./sharingConfig.ts"
import { planConfig, transcodingConfig } from "./transcodingConfig.ts"

/** The settings as environment variables. */
export const config: Config.Config<Omit<ConnectorSettings, "publicUrl">> = Config.all({
  transcoding: transcodingConfig,
  plan: planConfig,
  languages: languagesConfig,
  jobLabels: jobLabelsConfig,
  tenantWeights: tenantWeightsConfig,
  tenantLimits: tenantLimitsConfig,
  labelLimits: labelLimitsConfig,
  vodSilence: period(
    "RUNNER_VOD_SILENCE",
    defaults.vodSilence,
    "Silence after which a runner loses its job. Runners report every minute."
  ),
  liveSilence: period(
    "RUNNER_LIVE_SILENCE",
    defaults.liveSilence,
    "Silence after which a live ends. Runners report with each segment."
  ),
  progressSilence: period(
    "RUNNER_PROGRESS_SILENCE",
    defaults.progressSilence,
    "How long the progress of a VOD job may stay the same, beside four times the duration of its video. Then the runner loses the job, although it reports. Downloads do not count as progress: raise it for slow connections."
  ),
  vodRunTime: period("RUNNER_VOD_RUN_TIME", defaults.vodRunTime, "Longest time for one attempt of a VOD job."),
  maxStalls: positive(
    "RUNNER_MAX_STALLS",
    defaults.maxStalls,
    "The silence with this number, and later ones, count as failures."
  ),
  maxInterruptions: positive(
    "RUNNER_MAX_INTERRUPTIONS",
    defaults.maxInterruptions,
    "The death of a server with this number, and later ones, count as failures of the job whose result the server stored."
  ),
  quarantine: quarantineConfig,
  retryPause: Config.all({
    base: duration(
      "RUNNER_RETRY_PAUSE",
      retryPolicy.base,
      "Backoff after the second failure of a job. Each further one is four times longer."
    ),
    factor: Config.succeed(retryPolicy.factor),
    cap: duration("RUNNER_RETRY_PAUSE_MAX", retryPolicy.cap, "Longest backoff.")
  }),
  completionWait: duration(
    "RUNNER_COMPLETION_WAIT",
    defaults.completionWait,
    "How long `success` waits until the result is stored."
  ),
  completionSilence: period(
    "RUNNER_COMPLETION_SILENCE",
    defaults.completionSilence,
    "Silence of a server that stores a result, after which a server with the received files continues."
  ),
  resumeWindow: period(
    "RUNNER_RESUME_WINDOW",
    defaults.resumeWindow,
    "Silence after which the job is Pending again, if no server has continued."
  ),
  uploadSilence: period(
    "RUNNER_UPLOAD_SILENCE",
    defaults.uploadSilence,
    "Silence of a server that stores an upload, after which the file is removed. It is removed again after the same time."
  ),
  upkeepInterval: period("RUNNER_UPKEEP_INTERVAL", defaults.upkeepInterval, "Pause between rounds of upkeep."),
  retiredFor: duration(
    "RUNNER_RETIRED_FOR",
    defaults.retiredFor,
    "How long an unused file is kept before it is deleted."
  ),
  retentionJobs: orOff(
    "RETENTION_JOBS",
    "Default: `off`. How long finished jobs are kept, such as `90 days`. Jobs of renditions stay as long as their video, because they tell which renditions it has or lacks, and can be retried. Jobs of removed videos, captions and storyboards are removed, in small batches."
  ),
  retentionEvents: duration(
    "RETENTION_EVENTS",
    defaults.retentionEvents,
    "How long events and their deliveries are kept. Events that a consumer has not processed or given up are kept longer."
  ),
  contactInterval: duration(
    "RUNNER_CONTACT_INTERVAL",
    defaults.contactInterval,
    "How often the last contact of a runner is stored."
  ),
  offlineAfter: period(
    "RUNNER_OFFLINE_AFTER",
    defaults.offlineAfter,
    "Time without a connection or a call after which a runner is offline (event `runner.offline`)."
  ),
  rateLimit: Config.integer("RUNNER_RATE_LIMIT").pipe(
    Config.validate({ message: "expected a whole number, or 0 for no limit", validation: (n) => n >= 0 }),
    Config.withDefault(defaults.rateLimit),
    Config.withDescription(
      "Unauthenticated requests per IP address in `RUNNER_RATE_WINDOW`, and wrong administrator tokens. 0: no limit."
    )
  ),
  rateWindow: period("RUNNER_RATE_WINDOW", defaults.rateWindow, "Window of `RUNNER_RATE_LIMIT`."),
  customUploads: flag(
    "CUSTOM_UPLOADS",
    defaults.customUploads,
    "`on`: runners may upload result files before `success`."
  ),
  redirectDownloads: flag(
    "RUNNER_REDIRECT_DOWNLOADS",
    defaults.redirectDownloads,
    "`on`: redirect downloads of runners to the storage, if it has URLs."
  ),
  djangoDownloadPaths: flag(
    "DJANGO_DOWNLOAD_PATHS",
    defaults.djangoDownloadPaths,
    "`on`: also answer the download paths of django-peertube-runner-connector, which runners hold after [a migration](./migrating.md)."
  ),
  maxJsonSize: positive("RUNNER_MAX_JSON_SIZE", defaults.maxJsonSize, "Largest JSON body of a request, in bytes."),
  maxFileSize: positive("RUNNER_MAX_FILE_SIZE", defaults.maxFileSize, "Largest file from a runner, in bytes.")
})
