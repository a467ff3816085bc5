import { ConnectorHooks, type Video } from "@runner-connector/core"
import { Effect, Layer } from "effect"
import type { Hooks } from "../model.ts"
import { plainJob } from "../plain/plainJob.ts"
import { plainVideo } from "../plain/plainVideo.ts"
import { toPlain } from "../plain/toPlain.ts"

type AnyHook = (...args: ReadonlyArray<unknown>) => unknown

/** A rejection fails the delivery of the event, which is then repeated. */
const effectOf =
  (hook: AnyHook) =>
  (video: Video.Video, ...details: ReadonlyArray<unknown>): Effect.Effect<void> =>
    Effect.asVoid(Effect.promise(async () => hook(plainVideo(video), ...details.map(toPlain))))

/** Gives the job as every other call does. */
const effectOfJob =
  (hook: NonNullable<Hooks["jobEnded"]>): ConnectorHooks.Hooks["jobEnded"] =>
  (job, event) =>
    Effect.asVoid(Effect.promise(async () => hook(plainJob(job), toPlain(event))))

/** The functions of the application as hooks of the core. Without any, no events are delivered to hooks. */
export const layer = (hooks: Hooks | undefined): Layer.Layer<never> => {
  const given = Object.entries(hooks ?? {}).filter(([, hook]) => hook !== undefined)
  if (given.length === 0) return Layer.empty
  const effects = Object.fromEntries(given.map(([name, hook]) => [name, effectOf(hook as AnyHook)]))
  const ofJobs = hooks?.jobEnded === undefined ? {} : { jobEnded: effectOfJob(hooks.jobEnded) }
  return ConnectorHooks.layer({ ...(effects as Partial<ConnectorHooks.Hooks>), ...ofJobs })
}
