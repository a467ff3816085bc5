import { once } from "node:events"
import { text } from "node:stream/consumers"
import { Effect } from "effect"
import { spawnScript } from "../../../../test/fixtures/spawnScript.ts"
import type { ConnectorOptions } from "../../src/index.ts"
import { media } from "./workspace.ts"

const script = new URL("../programs/lifecycle.ts", import.meta.url)

/** Runs the program until it ends by itself. */
export const run = async (options: Partial<ConnectorOptions>) => {
  const order = { options: { publicUrl: "http://media.example", ...options }, file: media("faststart.mp4") }
  const child = await Effect.runPromise(spawnScript(script, order))
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")])
  return { code, output: output.trim(), errors }
}
