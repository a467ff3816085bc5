import { Duration, Option } from "effect"
import type { Language } from "../domain/captions/Languages.ts"
import type { ConcurrencyLimits } from "../domain/job/ConcurrencyLimits.ts"
import { type RetryPolicy, retryPolicy } from "../domain/job/RetrySchedule.ts"
import type { TenantWeights } from "../domain/job/TenantTurns.ts"
import type { LabelsOfTypes } from "../domain/runner/Labels.ts"
import { type QuarantineRules, quarantineRules } from "../domain/runner/RunnerHealth.ts"
import { defaultPlan, type TranscodingPlan } from "../domain/video/TranscodingPlan.ts"
import { type TranscodingSettings, defaults as transcodingDefaults } from "../domain/video/TranscodingSettings.ts"

/** The settings of the connector. All durations have defaults that suit the real runner. */
export interface ConnectorSettings {
  /** The origin under which runners reach this server, such as `https://media.example`. Used in job payloads. */
  readonly publicUrl: URL
  /** Selects the renditions. A call of `transcodeVideo` can override it. */
  readonly transcoding: TranscodingSettings
  /** The default plan of a video. A call can override it. */
  readonly plan: Omit<TranscodingPlan, "settings">
  /** The languages that captions may have. None: all. */
  readonly languages: Option.Option<ReadonlyArray<Language>>
  /** The labels that a runner must have for new jobs of a type, by the name of the type. */
  readonly jobLabels: LabelsOfTypes
  /** The share of each tenant in the runners, by its name. Others have the weight 1. */
  readonly tenantWeights: TenantWeights
  /** How many jobs of a tenant may run at once, by its name. `*` is the limit of every other tenant. */
  readonly tenantLimits: ConcurrencyLimits["tenants"]
  /** How many jobs that require a label may run at once, by the label. */
  readonly labelLimits: ConcurrencyLimits["labels"]
  /**
   * Silence after which a runner loses its job. The real runner reports every 60 seconds: stay well above twice that.
   */
  readonly vodSilence: Duration.Duration
  /** The same for live jobs, which report with each segment. */
  readonly liveSilence: Duration.Duration
  /**
   * How long the progress of a VOD job may stay the same although its runner reports. Four times the duration of its
   * video are added. Ends jobs whose FFmpeg or download hangs.
   */
  readonly progressSilence: Duration.Duration
  /** How long one attempt of a VOD job may take altogether. */
  readonly vodRunTime: Duration.Duration
  /** The stall with this number, and each later one, counts as a failure. */
  readonly maxStalls: number
  /** The interruption of storing with this number, and each later one, counts as a failure. */
  readonly maxInterruptions: number
  /** When runners that fail job after job get no jobs for a time. */
  readonly quarantine: QuarantineRules
  /** The backoff after failures. */
  readonly retryPause: RetryPolicy
  /** How long the answer to `success` waits until the result is stored. Storing continues after that. */
  readonly completionWait: Duration.Duration
  /** Silence of a process that stores a result, after which a server with the received files continues. */
  readonly completionSilence: Duration.Duration
  /** Silence of a process that stores a result, after which the job is Pending again when no server has continued. */
  readonly resumeWindow: Duration.Duration
  /** Silence of a process that stores an upload, after which the file is removed. */
  readonly uploadSilence: Duration.Duration
  /** Pause between two rounds of upkeep. */
  readonly upkeepInterval: Duration.Duration
  /** How long a replaced file is kept for players that hold its URL. */
  readonly retiredFor: Duration.Duration
  /** How long events are kept. An event that a consumer has not processed yet is kept longer. */
  readonly retentionEvents: Duration.Duration
  /** How long finished jobs are kept. None: forever. The awaited jobs of a video stay as long as the video. */
  readonly retentionJobs: Option.Option<Duration.Duration>
  /** The last contact of a runner is written at most this often. */
  readonly contactInterval: Duration.Duration
  /** Time without a connection or a call after which a runner is offline. */
  readonly offlineAfter: Duration.Duration
  /** Unauthenticated requests per IP address in `rateWindow`. Registered runners are not limited. 0: no limit. */
  readonly rateLimit: number
  readonly rateWindow: Duration.Duration
  /** Offer custom uploads: runners upload the files of a result one by one, each to a URL of its own. */
  readonly customUploads: boolean
  /** Redirect downloads of runners to the storage, where its adapter provides URLs. */
  readonly redirectDownloads: boolean
  /** Answer the download paths of the Django original as well, which its runners may still hold after an import. */
  readonly djangoDownloadPaths: boolean
  /** Largest JSON body in bytes. */
  readonly maxJsonSize: number
  /** Largest file from a runner in bytes. */
  readonly maxFileSize: number
}

const GIB = 1024 ** 3

/** The settings without the public URL, which only the host knows. */
export const defaults: Omit<ConnectorSettings, "publicUrl"> = {
  transcoding: transcodingDefaults,
  plan: defaultPlan,
  languages: Option.none(),
  jobLabels: {},
  tenantWeights: {},
  tenantLimits: {},
  labelLimits: {},
  vodSilence: Duration.minutes(2),
  liveSilence: Duration.seconds(30),
  progressSilence: Duration.hours(2),
  vodRunTime: Duration.days(2),
  maxStalls: 3,
  maxInterruptions: 10,
  quarantine: quarantineRules,
  retryPause: retryPolicy,
  completionWait: Duration.seconds(30),
  completionSilence: Duration.seconds(60),
  resumeWindow: Duration.minutes(5),
  uploadSilence: Duration.minutes(10),
  upkeepInterval: Duration.seconds(10),
  retiredFor: Duration.hours(1),
  retentionEvents: Duration.days(7),
  retentionJobs: Option.none(),
  contactInterval: Duration.seconds(30),
  offlineAfter: Duration.minutes(1),
  rateLimit: 50,
  rateWindow: Duration.seconds(10),
  customUploads: false,
  redirectDownloads: false,
  djangoDownloadPaths: false,
  maxJsonSize: 1024 ** 2,
  maxFileSize: 256 * GIB
}

/** The limits of tenants and labels. */
export const concurrencyLimits = ({
  labelLimits,
  tenantLimits
}: Pick<ConnectorSettings, "labelLimits" | "tenantLimits">): ConcurrencyLimits => ({
  tenants: tenantLimits,
  labels: labelLimits
})
