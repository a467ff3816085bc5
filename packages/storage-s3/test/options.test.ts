import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { S3Storage } from "@runner-connector/storage-s3"
import { ConfigProvider, Effect, Redacted } from "effect"

const from = (variables: Readonly<Record<string, string>>) =>
  Effect.withConfigProvider(S3Storage.config, ConfigProvider.fromMap(new Map(Object.entries(variables))))

it.effect("reads every option", () =>
  Effect.gen(function* () {
    const options = yield* from({
      S3_BUCKET: "media",
      S3_REGION: "fr-par",
      S3_ENDPOINT: "https://s3.fr-par.scw.cloud",
      S3_PREFIX: "/one/two/",
      S3_FORCE_PATH_STYLE: "off",
      S3_ACCESS_KEY_ID: "id",
      S3_SECRET_ACCESS_KEY: "secret"
    })
    assert.strictEqual(options.endpoint?.href, "https://s3.fr-par.scw.cloud/")
    assert.strictEqual(options.prefix, "one/two")
    deepStrictEqual([options.bucket, options.region, options.forcePathStyle], ["media", "fr-par", false])
    assert.strictEqual(Redacted.value(options.credentials?.secretAccessKey ?? Redacted.make("")), "secret")
    assert.notInclude(JSON.stringify(options), '"secret"')
  })
)

it.effect("leaves empty variables to the defaults", () =>
  Effect.gen(function* () {
    const empty = { S3_REGION: "", S3_PREFIX: "/", S3_FORCE_PATH_STYLE: "", S3_ACCESS_KEY_ID: "" }
    const options = yield* from({ S3_BUCKET: "media", ...empty })
    deepStrictEqual(
      [options.region, options.endpoint, options.prefix, options.forcePathStyle, options.credentials],
      [undefined, undefined, undefined, undefined, undefined]
    )
  })
)

it.effect("reports every invalid variable at once, without its value when it is secret", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      from({
        S3_BUCKET: "Media Files",
        S3_ENDPOINT: "s3.example",
        S3_PREFIX: "../up",
        S3_FORCE_PATH_STYLE: "yes",
        S3_SECRET_ACCESS_KEY: "half-a-key"
      })
    )
    const message = String(error)
    for (const name of ["S3_BUCKET", "S3_ENDPOINT", "S3_PREFIX", "S3_FORCE_PATH_STYLE", "S3_ACCESS_KEY_ID"]) {
      assert.include(message, name)
    }
    assert.notInclude(message, "half-a-key")
  })
)
