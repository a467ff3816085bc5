import { describe, expect, it } from "vitest"
import { shownSettings } from "../../examples/server/src/ShownSettings.ts"

const shown = (environment: NodeJS.ProcessEnv, name: string) =>
  shownSettings(environment).find((setting) => setting.name === name)

describe("the settings that administrators see", () => {
  it("have defaults as the environment would contain them", () => {
    expect(shownSettings({}).filter(({ value }) => /[{}[\]"]|^$|undefined/.test(value ?? "-"))).toEqual([])
    expect(shown({}, "PUBLIC_URL")).toMatchObject({ value: null, origin: "default" })
    expect(shown({}, "HOST")).toMatchObject({ value: "127.0.0.1", origin: "default" })
    expect(shown({}, "TRANSCODING_FPS_STANDARD")).toMatchObject({ value: "24,25,30" })
  })

  it("have their values in the environment, but no secrets", () => {
    expect(shown({ HOST: "::" }, "HOST")).toMatchObject({ value: "::", origin: "environment", secret: false })
    expect(shown({ HOST: "" }, "HOST")).toMatchObject({ origin: "default" })
    expect(shown({ ADMIN_TOKEN: "hidden" }, "ADMIN_TOKEN")).toMatchObject({ value: null, secret: true })
  })
})
