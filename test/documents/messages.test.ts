import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { ProblemCode } from "../../packages/protocol/src/http/ProblemDocument.ts"
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

it("every code of a problem document has its entry in the troubleshooting, and every entry its code", () => {
  const codes = [...document.matchAll(/^- `([a-z_]+)` \(\d{3}\): /gm)].map(([, code]) => code)
  expect(codes).toEqual(ProblemCode.literals)
})
