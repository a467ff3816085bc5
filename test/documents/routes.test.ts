import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { apiEndpoints } from "../../packages/protocol/src/index.ts"
import { root } from "./blocks.ts"

const document = readFileSync(join(root, "docs/http-api.md"), "utf8")
const [api = ""] = document.split("## Webhooks")
const documented = [...api.matchAll(/^\| `([A-Z]+) ([^`?…]+)/gm)].map(([, method, path]) => `${method} ${path}`)

/** Served beside the records of the protocol package. */
const others = [
  "GET /",
  "GET /console/",
  "GET /healthz",
  "GET /readyz",
  "GET /playback/:uuid/*",
  "GET /playback/:uuid/master.m3u8"
]

it("every route of the console's API is documented, and every documented route exists", () => {
  const existing = apiEndpoints.map(({ method, path }) => `${method} ${path}`)
  expect(documented.toSorted()).toEqual([...existing, ...others].toSorted())
})
