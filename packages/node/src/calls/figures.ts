import { Capabilities as CoreCapabilities, Overview } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import type { Figures } from "../api/Figures.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"
import { decoded } from "./decoded.ts"

const Range = Schema.Literal("hour", "day", "week")

const overview = (range: unknown) =>
  Effect.gen(function* () {
    const { read } = yield* Overview.Overview
    return toPlain(yield* read(yield* decoded(Range, range)))
  })

const missing = Effect.flatMap(CoreCapabilities.Capabilities, (capabilities) => capabilities.missing)

export const figures = ({ run }: Engine): Figures => ({
  overview: ({ range = "day", ...options } = {}) => run(overview(range), options),
  capabilities: (options) => run(Effect.map(missing, toPlain), options)
})
