import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as ExampleServer from "./support/ExampleServer.ts"
import { survivors } from "./support/processes.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const aFolder = Effect.map(temporaryFolder, (folder) => join(folder, "data"))

/** Starts a server that cannot work. Gives its error output without the lines of the log. */
const lastWords = (options: ExampleServer.ServerOptions) =>
  Effect.gen(function* () {
    const server = yield* ExampleServer.launch(options)
    const { code, signal } = yield* server.ended.pipe(
      Effect.timeout("30 seconds"),
      Effect.orElse(() => Effect.flatMap(server.log, (log) => Effect.dieMessage(`It goes on:\n${log}`)))
    )
    assert.strictEqual(signal, null)
    assert.notStrictEqual(code, 0)
    const log = yield* server.log
    assert.notMatch(log, /^ +at /m, "no stack traces for operators")
    return log.split("\n").filter((line) => line !== "" && !/^timestamp=\S+ level=INFO/.test(line))
  })

const noPostgres = (dataDir: string): void => deepStrictEqual(survivors(ExampleServer.postgresOf(dataDir)), [])

/** Invalid settings, with the complete output: one sentence per variable. */
const wrong: Readonly<Record<string, readonly [env: Record<string, string>, ...sentences: ReadonlyArray<RegExp>]>> = {
  "an address that others reach, without a token": [
    { HOST: "0.0.0.0" },
    /^ADMIN_TOKEN: HOST is 0\.0\.0\.0.*set ADMIN_TOKEN/
  ],
  "a public URL that others reach by a proxy, without a token": [
    { PUBLIC_URL: "https://media.example/" },
    /^ADMIN_TOKEN: PUBLIC_URL is https:\/\/media\.example, .*set ADMIN_TOKEN to a long secret, or leave PUBLIC_URL unset$/
  ],
  "a public URL that is only like a loopback address, without a token": [
    { PUBLIC_URL: "http://127.0.0.1.media.example:9000", ADMIN_TOKEN: "" },
    /^ADMIN_TOKEN: PUBLIC_URL is http:\/\/127\.0\.0\.1\.media\.example:9000, .*set ADMIN_TOKEN/
  ],
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
  "Sentinels without the name of their master": [
    { REDIS_SENTINELS: "[::1]:26379, sentinel" },
    /^REDIS_SENTINEL_MASTER: expected the name of the master/
  ],
  "two different Redis": [
    { REDIS_URL: "redis://127.0.0.1", REDIS_SENTINELS: "sentinel", REDIS_SENTINEL_MASTER: "runners" },
    /^REDIS_SENTINELS: REDIS_URL names a Redis.*: set one of both$/
  ],
  "invalid settings of a bucket": [
    { S3_BUCKET: "Media Files", S3_ENDPOINT: "s3.example", S3_DELIVERY: "public", S3_SECRET_ACCESS_KEY: "geheim" },
    /^S3_BUCKET: expected the name of a bucket/,
    /^S3_ENDPOINT: expected an http or https address/,
    /^S3_ACCESS_KEY_ID: expected both halves of the key, or none$/,
    /^S3_PUBLIC_URL: expected the address of the files, because S3_DELIVERY is public$/
  ],
  "signed URLs for a bucket that everybody can read": [
    {
      S3_BUCKET: "media",
      S3_DELIVERY: "public",
      S3_PUBLIC_URL: "https://cdn.example",
      PLAYBACK_ACCESS: "signed"
    },
    /^PLAYBACK_ACCESS: signed URLs protect nothing while everybody can read the bucket: set S3_DELIVERY to/
  ],
  "servers that share a bucket and a database, without a secret for playback": [
    { S3_BUCKET: "media", DATABASE_URL: "postgres://127.0.0.1/videos", ADMIN_TOKEN: "a-secret" },
    /^PLAYBACK_SECRET: expected a secret that all servers of this bucket share: make one with `openssl rand -hex 32`/
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
    /^DATABASE_STATEMENT_TIMOUT: there is no such setting\. Did you mean DATABASE_STATEMENT_TIMEOUT\?$/
  ],
  "a folder that cannot be created": [{ DATA_DIR: "/dev/null/data" }, /\/dev\/null\/data/],
  "a database that does not answer": [
    { DATABASE_URL: "postgres://somebody:geheim@127.0.0.1:1/x", DATABASE_WAIT: "0 seconds" },
    /^The database of DATABASE_URL cannot be used: (?!.*geheim).*127\.0\.0\.1:1$/
  ]
}

describe("the server ends with a message for the operator", () => {
  for (const [what, [env, ...sentences]] of Object.entries(wrong)) {
    it.scopedLive(
      `for ${what}`,
      () =>
        Effect.gen(function* () {
          const dataDir = yield* aFolder
          const words = yield* lastWords({ dataDir, port: yield* freePort, env })
          noPostgres(dataDir)
          assert.strictEqual(words.length, sentences.length, words.join("\n"))
          for (const [index, sentence] of sentences.entries()) assert.match(String(words[index]), sentence)
        }),
      60_000
    )
  }

  it.scopedLive(
    "for data or a port in use by another server, without affecting it",
    () =>
      Effect.gen(function* () {
        const [dataDir, otherData] = [yield* aFolder, yield* aFolder]
        const [port, otherPort] = [yield* freePort, yield* freePort]
        const first = yield* ExampleServer.start({ dataDir, port })

        const [inUse, ...more] = yield* lastWords({ dataDir, port: otherPort })
        assert.match(String(inUse), new RegExp(`is in use by process ${first.pid}\\b.*: stop that process, or choose`))
        deepStrictEqual(more, [])

        deepStrictEqual(yield* lastWords({ dataDir: otherData, port }), [
          `Cannot listen on 127.0.0.1, port ${port}: another program listens there already; stop it or choose another port`
        ])
        noPostgres(otherData)

        const health = yield* Effect.promise(() => fetch(`${first.url}/healthz`))
        assert.strictEqual(health.status, 200)
      }),
    60_000
  )
})
