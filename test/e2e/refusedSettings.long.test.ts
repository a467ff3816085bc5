import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as ExampleServer from "./support/ExampleServer.ts"
import { aFolder, lastWords, noPostgres, type Refused, refuses } from "./support/refusedSettings.ts"
import { freePort } from "./support/workspace.ts"

const wrong: Readonly<Record<string, Refused>> = {
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
  "a folder that cannot be created": [{ DATA_DIR: "/dev/null/data" }, /\/dev\/null\/data/],
  "a database that does not answer": [
    { DATABASE_URL: "postgres://somebody:geheim@127.0.0.1:1/x", DATABASE_WAIT: "0 seconds" },
    /^The database of DATABASE_URL cannot be used: (?!.*geheim).*127\.0\.0\.1:1$/
  ]
}

describe("the server ends with a message for the operator", () => {
  for (const [what, settings] of Object.entries(wrong)) refuses(what, settings)

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
    300_000
  )
})
