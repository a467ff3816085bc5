import { Effect, Either } from "effect"
import { expect, it } from "vitest"
import { config } from "../../examples/server/src/variables.ts"
import { describedSettings } from "../../packages/cli/src/installation/describedSettings.ts"
import { settingsOf } from "../../packages/cli/src/installation/environment.ts"

const read = (variables: NodeJS.ProcessEnv) => Effect.runSync(Effect.withConfigProvider(config, settingsOf(variables)))

const names = describedSettings(config).map(({ name }) => name)

it("takes every empty variable for unset", () => {
  expect(names.length).toBeGreaterThan(50)
  const empty = Object.fromEntries(names.map((name) => [name, ""]))
  expect(JSON.stringify(read(empty))).toBe(JSON.stringify(read({})))
})

it("reads lists and names with underscores", () => {
  const { addresses } = read({ ALLOWED_HOSTS: "a.example,b.example", PORT: "8080" })
  expect(addresses).toMatchObject({ port: 8080 })
  expect(JSON.stringify(addresses)).toContain("b.example")
})

it("names the variable of an invalid value once", () => {
  const reports = names.flatMap((name) => {
    const failed = Effect.runSync(Effect.either(Effect.withConfigProvider(config, settingsOf({ [name]: "?? ??" }))))
    return Either.isLeft(failed) ? [String(failed.left)] : []
  })
  expect(reports.length).toBeGreaterThan(50)
  expect(reports.filter((report) => /([A-Z][A-Z0-9_]+)\.\1/.test(report))).toEqual([])
})
