import { Effect } from "effect"
import { expect, it } from "vitest"
import { config } from "../../examples/server/src/variables.ts"
import { describedSettings } from "../../packages/cli/src/installation/describedSettings.ts"
import { settingsOf } from "../../packages/cli/src/installation/environment.ts"

const read = (variables: NodeJS.ProcessEnv) => Effect.runSync(Effect.withConfigProvider(config, settingsOf(variables)))

it("takes every empty variable for unset", () => {
  const names = describedSettings(config).map(({ name }) => name)
  expect(names.length).toBeGreaterThan(50)
  const empty = Object.fromEntries(names.map((name) => [name, ""]))
  expect(JSON.stringify(read(empty))).toBe(JSON.stringify(read({})))
})

it("reads lists and names with underscores", () => {
  const { addresses } = read({ ALLOWED_HOSTS: "a.example,b.example", PORT: "8080" })
  expect(addresses).toMatchObject({ port: 8080 })
  expect(JSON.stringify(addresses)).toContain("b.example")
})
