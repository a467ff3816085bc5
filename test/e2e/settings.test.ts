import { describe } from "@effect/vitest"
import { type Refused, refuses } from "./support/refusedSettings.ts"

const wrong: Readonly<Record<string, Refused>> = {
  "several invalid settings at once": [
    {
      PORT: "99999",
      PUBLIC_URL: "https://media.example/videos",
      TRUST_PROXY: "on",
      DATABASE_URL: "mysql://media.example",
      DATABASE_POOL_SIZE: "0",
      DATABASE_CA_FILE: "/nowhere/ca.pem",
      LOCAL_RUNNER: "perhaps",
      STORYBOARDS: "many",
      LIVES_ALLOW_PRIVATE_ADDRESSES: "some",
      LOCAL_RUNNER_CONCURRENCY: "0",
      LOCAL_RUNNER_TRANSCRIPTION: "whisper {input} --output_dir .",
      ADMIN_TOKEN: "not a token",
      PLAYBACK_ACCESS: "members",
      PLAYBACK_SECRET: "too short",
      PLAYBACK_URL_LIFETIME: "1 second",
      REDIS_URL: "localhost:6379",
      REDIS_SENTINELS: "one:26379,two:many",
      MAX_UPLOAD_SIZE: "-1",
      MAX_CONNECTIONS_PER_ADDRESS: "-1",
      TRANSCODING_FPS_MIN: "0",
      RUNNER_UPKEEP_INTERVAL: "soon"
    },
    /^PORT: .*99999/,
    /^PUBLIC_URL: expected an address without a path: runners call their API at the root of a host/,
    /^TRUST_PROXY: expected the number of proxies, such as 1, or their networks, such as 10\.0\.0\.0\/8,fd00::\/8$/,
    /^DATABASE_URL: expected an address such as postgres:/,
    /^DATABASE_POOL_SIZE: expected a whole number above 0$/,
    /^DATABASE_CA_FILE: \/nowhere\/ca\.pem cannot be read$/,
    /^REDIS_URL: expected an address such as redis:/,
    /^REDIS_SENTINELS: expected hosts with ports, separated by commas/,
    /^PLAYBACK_ACCESS: .*open, signed/,
    /^PLAYBACK_SECRET: expected secrets of at least 32 characters, separated by commas$/,
    /^PLAYBACK_URL_LIFETIME: expected a duration from 1 minute to 365 days$/,
    /^LOCAL_RUNNER: .*on, off/,
    /^LOCAL_RUNNER_CONCURRENCY: expected a whole number above 0$/,
    /^LOCAL_RUNNER_TRANSCRIPTION: expected \{outputDirectory\} among the arguments$/,
    /^ADMIN_TOKEN: expected visible ASCII characters without blanks$/,
    /^LIVES_ALLOW_PRIVATE_ADDRESSES: .*on, off/,
    /^STORYBOARDS: .*on, off/,
    /^MAX_UPLOAD_SIZE: expected a whole number above 0$/,
    /^MAX_CONNECTIONS_PER_ADDRESS: expected a whole number, or 0 for no limit$/,
    /^TRANSCODING_FPS_MIN: expected a whole number above 0$/,
    /^RUNNER_UPKEEP_INTERVAL: Expected a duration/
  ],
  "misspelt names, beside an invalid value": [
    {
      PORT: "99999",
      PLAYBACK_SECRETS: "x",
      S3_BUKET: "media",
      S3_SOMETHING_ELSE: "1",
      REDIS_URI: "redis://127.0.0.1",
      TRANSCODING_RESOLUTION_480P: "true",
      RUNNER_VOD_SILENSE: "1 minute",
      DATABASE_STATEMENT_TIMOUT: "1 second",
      RUNNER_JOB_LABELS: "vod-hsl-transcoding=gpu",
      // A variable of another program.
      RUNNER_TEMP: "/tmp"
    },
    /^PORT: .*99999/,
    /^PLAYBACK_SECRETS: there is no such setting\. Did you mean PLAYBACK_SECRET\?$/,
    /^S3_BUKET: there is no such setting\. Did you mean S3_BUCKET\?$/,
    /^S3_SOMETHING_ELSE: there is no such setting$/,
    /^REDIS_URI: there is no such setting\. Did you mean REDIS_URL\?$/,
    /^TRANSCODING_RESOLUTION_480P: there is no such setting\. Did you mean TRANSCODING_RESOLUTIONS_480P\?$/,
    /^RUNNER_VOD_SILENSE: there is no such setting\. Did you mean RUNNER_VOD_SILENCE\?$/,
    /^DATABASE_STATEMENT_TIMOUT: there is no such setting\. Did you mean DATABASE_STATEMENT_TIMEOUT\?$/,
    /^RUNNER_JOB_LABELS: there is no job type vod-hsl-transcoding\. Did you mean vod-hls-transcoding\?$/
  ]
}

describe("the server ends with a message for the operator", () => {
  for (const [what, settings] of Object.entries(wrong)) refuses(what, settings)
})
