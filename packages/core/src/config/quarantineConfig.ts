import { Config } from "effect"
import { type QuarantineRules, quarantineRules } from "../domain/runner/RunnerHealth.ts"
import { period } from "./kinds.ts"

/** `RUNNER_QUARANTINE_…`: when failing runners get no jobs for a time. */
export const quarantineConfig: Config.Config<QuarantineRules> = Config.all({
  after: Config.integer("RUNNER_QUARANTINE_AFTER").pipe(
    Config.validate({ message: "expected a whole number, or 0 for never", validation: (n) => n >= 0 }),
    Config.withDefault(quarantineRules.after),
    Config.withDescription(
      "A runner that fails so many jobs in a row while others succeed gets no jobs for a time, then one trial job. 0: never."
    )
  ),
  pause: period(
    "RUNNER_QUARANTINE_PAUSE",
    quarantineRules.pause,
    "The first pause of such a runner. Each further one is twice as long."
  ),
  longest: period("RUNNER_QUARANTINE_PAUSE_MAX", quarantineRules.longest, "The longest of these pauses.")
})
