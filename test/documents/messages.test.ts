import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "./blocks.ts"
import { loggedMessages } from "./messages.ts"

const document = readFileSync(join(root, "docs/troubleshooting.md"), "utf8")

const entries = [...document.matchAll(/^\| (?!message |---)(.*?) \| .* \| .* \|$/gm)].map(([, message]) =>
  String(message)
)

it("every logged message has its entry in the troubleshooting, and every entry its message", () => {
  expect(loggedMessages().length).toBeGreaterThan(40)
  expect([...entries].sort()).toEqual(loggedMessages())
})
