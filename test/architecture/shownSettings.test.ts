import { describe, expect, it } from "vitest"
import { config } from "../../examples/server/src/variables.ts"
import { shownSettings } from "../../packages/cli/src/installation/shownSettings.ts"

const secrets = [
  "ADMIN_TOKEN",
  "DATABASE_URL",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "PLAYBACK_SECRET",
  "REDIS_PASSWORD",
  "REDIS_SENTINEL_PASSWORD",
  "REDIS_URL",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
  "S3_SESSION_TOKEN"
]

const settingOf = (name: string, environment: NodeJS.ProcessEnv = {}) =>
  shownSettings(config, environment).find((setting) => setting.name === name)

describe("the settings document", () => {
  it("hides the values of exactly these settings", () => {
    const hidden = shownSettings(config, {}).filter(({ secret }) => secret)
    expect(hidden.map(({ name }) => name).sort()).toEqual(secrets)
    for (const name of secrets) {
      const given = settingOf(name, { [name]: "a-value" })
      expect(given).toMatchObject({ value: null, origin: "environment", secret: true })
    }
  })

  it("hides addresses with credentials", () => {
    const name = "S3_ENDPOINT"
    for (const value of [
      "https://user:password@s3.example",
      "https://a-token@s3.example/path",
      "https://s3.example/?password=abc",
      "https://s3.example/?region=eu&api_key=abc"
    ]) {
      expect(settingOf(name, { [name]: value })).toMatchObject({ value: null, secret: true })
    }
    for (const value of ["https://s3.example/@folder", "https://s3.example/?region=eu&keys="]) {
      expect(settingOf(name, { [name]: value })).toMatchObject({ value, secret: false })
    }
  })

  it("shows defaults, and null without one", () => {
    expect(settingOf("PORT", { PORT: "" })).toMatchObject({ value: "9000", origin: "default" })
    expect(settingOf("DATABASE_STATEMENT_TIMEOUT")?.value).toBe("30 seconds")
    expect(settingOf("PUBLIC_URL")?.value).toBeNull()
    expect(shownSettings(config, {}).filter(({ value }) => value?.includes("_tag"))).toEqual([])
    const odd = shownSettings(config, {}).filter(({ value }) => /[{}[\]"]|^$|undefined/.test(value ?? "-"))
    expect(odd).toEqual([])
    expect(settingOf("TRANSCODING_FPS_STANDARD")?.value).toBe("24,25,30")
  })
})
