import { availableParallelism } from "node:os"
import { database, dataDir, onOff, optional, positive, secret } from "@runner-connector/cli/installation"
import { ConnectorConfig } from "@runner-connector/core"
import { Config, ConfigError, Duration, Either, Option, Redacted } from "effect"
import * as Addresses from "./Addresses.ts"
import * as Limits from "./LimitSettings.ts"
import * as LogSettings from "./logging/LogSettings.ts"
import * as NotifierSettings from "./NotifierSettings.ts"
import * as Playback from "./PlaybackSettings.ts"
import { s3 } from "./S3Settings.ts"
import { transcription } from "./TranscriptionCommand.ts"
import { metricsAccess } from "./telemetry/MetricsSettings.ts"
import { otlp } from "./telemetry/OtlpSettings.ts"

/** The token is sent in a header, after a space. */
const token = Config.mapOrFail(
  Config.withDescription(
    secret("ADMIN_TOKEN"),
    "Default: created at first start. Bearer token of the administrator. If you set it, every route that lists or changes videos requires it."
  ),
  (text) =>
    Option.exists(text, (value) => !/^[!-~]+$/.test(Redacted.value(value)))
      ? Either.left(ConfigError.InvalidData(["ADMIN_TOKEN"], "expected visible ASCII characters without blanks"))
      : Either.right(text)
)

const workers = Config.mapOrFail(
  optional(
    Config.withDescription(
      Config.string("WORKERS"),
      "Default: 1. Number of processes that share the port, or `auto`: one for each core."
    )
  ),
  (text) => {
    const value = Option.getOrElse(text, () => "1")
    if (value === "auto") return Either.right(availableParallelism())
    return /^[1-9]\d{0,2}$/.test(value)
      ? Either.right(Number(value))
      : Either.left(ConfigError.InvalidData(["WORKERS"], "expected auto, or a whole number from 1 to 999"))
  }
)

/** Every variable of the server. docs/configuration.md is generated from it. */
export const config = Config.all({
  addresses: Addresses.addresses,
  dataDir,
  database,
  log: LogSettings.log,
  metricsAccess,
  otlp,
  redis: NotifierSettings.redis,
  workers,
  s3,
  playback: Playback.playback,
  localRunner: Config.withDefault(
    Config.withDescription(onOff("LOCAL_RUNNER"), "`off`: only external runners work."),
    "on"
  ),
  localRunnerConcurrency: optional(
    Config.withDescription(
      positive("LOCAL_RUNNER_CONCURRENCY"),
      "Default: 2, with ffmpeg.wasm 1. Jobs that the local runner does at once."
    )
  ),
  localRunnerTranscription: transcription,
  adminToken: token,
  livesAllowPrivateAddresses: Config.withDefault(
    Config.withDescription(
      onOff("LIVES_ALLOW_PRIVATE_ADDRESSES"),
      "`on`: lives may be played from, and captions may name (`videoUrl`), hosts with private, loopback or link-local addresses."
    ),
    "off"
  ),
  webhooksAllowPrivateAddresses: Config.withDefault(
    Config.withDescription(
      onOff("WEBHOOKS_ALLOW_PRIVATE_ADDRESSES"),
      "`on`: webhooks may be delivered to this machine and to local networks."
    ),
    "off"
  ),
  storyboards: Config.withDefault(
    Config.withDescription(onOff("STORYBOARDS"), "`off`: make no storyboards of new videos."),
    "on"
  ),
  limits: Limits.limits,
  shutdownDelay: Config.withDefault(
    Config.withDescription(
      Config.duration("SHUTDOWN_DELAY"),
      "Time for load balancers to notice `/readyz`. Longer than the interval of their probes."
    ),
    Duration.zero
  ),
  shutdownTimeout: Config.withDefault(
    Config.withDescription(Config.duration("SHUTDOWN_TIMEOUT"), "How long requests in progress may continue."),
    Duration.seconds(20)
  ),
  connector: ConnectorConfig.config
})
