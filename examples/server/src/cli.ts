import { runMain } from "@runner-connector/cli"
import { shownSettings } from "@runner-connector/cli/installation"
import { Effect, Layer } from "effect"
import * as Settings from "./Settings.ts"
import { config } from "./variables.ts"

runMain({
  installation: Layer.provide(Settings.installation, Settings.layer),
  settings: Effect.sync(() => shownSettings(config, process.env))
})
