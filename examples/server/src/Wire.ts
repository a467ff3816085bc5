import { Path } from "@effect/platform"
import { type ProtocolErrors, RunnerWeb } from "@runner-connector/protocol"
import { Effect, Layer } from "effect"
import { Settings } from "./Settings.ts"

/** The runner API. Uploads are spooled on the disk of the storage, so that storing one is a rename. */
export const layer: Layer.Layer<
  RunnerWeb.RunnerWeb,
  ProtocolErrors.SpoolError,
  Layer.Layer.Context<typeof RunnerWeb.layer> | Settings | Path.Path
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { dataDir } = yield* Settings
    const path = yield* Path.Path
    return RunnerWeb.layerWith({ spoolDirectory: path.resolve(dataDir, "spool") })
  })
)
