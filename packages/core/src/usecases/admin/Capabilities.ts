import { Context, Effect, Layer, Option } from "effect"
import { Lack, lackOf } from "../../domain/runner/Abilities.ts"
import { unknownHealth } from "../../domain/runner/RunnerHealth.ts"
import { GenerateVideoStoryboard } from "../../jobs/GenerateVideoStoryboard.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { LiveRtmpHlsTranscoding } from "../../jobs/LiveRtmpHlsTranscoding.ts"
import { VideoStudioTranscoding } from "../../jobs/VideoStudioTranscoding.ts"
import { VideoTranscription } from "../../jobs/VideoTranscription.ts"
import { VodHlsTranscoding } from "../../jobs/VodHlsTranscoding.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerWorkload } from "../../ports/RunnerStore.ts"
import { Runners } from "../runner/Runners.ts"

/** The job type that each capability needs. */
export const jobTypes = {
  renditions: VodHlsTranscoding.name,
  captions: VideoTranscription.name,
  storyboards: GenerateVideoStoryboard.name,
  editing: VideoStudioTranscoding.name,
  lives: LiveRtmpHlsTranscoding.name
} as const

/** Something that users can ask for. */
export type CapabilityName = keyof typeof jobTypes

/** The reason why no runner can do the jobs of a capability. */
export type Missing =
  /** The connector does not offer the job type. */
  | { readonly _tag: "JobType"; readonly type: string }
  /** No runner is registered. */
  | { readonly _tag: "Runner" }
  /** No registered runner requests the type. */
  | { readonly _tag: "CapableRunner"; readonly type: string }
  /** Every runner that requests the type is too old. */
  | { readonly _tag: "Version"; readonly type: string; readonly version: string }

/** The work that users can request, with the reason where no runner can do it. */
export type CapabilityFigures = Readonly<Record<CapabilityName, Option.Option<Missing>>>

/** Reports which work users can request, so that user interfaces offer nothing else. */
export class Capabilities extends Context.Tag("@runner-connector/core/Capabilities")<
  Capabilities,
  {
    /**
     * The reason why a capability is missing. None: a registered runner can do its jobs, although it may be offline.
     */
    readonly missing: Effect.Effect<CapabilityFigures, PersistenceError>
  }
>() {}

const isVersion = Lack.$is("Version")

const missingFor = (type: string, runners: ReadonlyArray<RunnerWorkload>): Option.Option<Missing> => {
  if (runners.length === 0) return Option.some({ _tag: "Runner" })
  const needs = { type, requirements: [], labels: [] }
  // A paused runner will be resumed, and a quarantine ends.
  const present = { state: "active", health: unknownHealth } as const
  const lacks = runners.map((runner) => lackOf(needs, { ...runner, ...present }, runner.lastContact))
  if (lacks.some(Option.isNone)) return Option.none()
  const tooOld = lacks.flatMap(Option.toArray).find(isVersion)
  return Option.some(
    tooOld === undefined ? { _tag: "CapableRunner", type } : { _tag: "Version", type, version: tooOld.version }
  )
}

const make = Effect.gen(function* () {
  const { workloads } = yield* Runners
  const types = yield* JobTypes
  return Capabilities.of({
    missing: Effect.map(workloads, (runners) => {
      const of = (type: string): Option.Option<Missing> =>
        Option.isNone(types.find(type)) ? Option.some({ _tag: "JobType", type }) : missingFor(type, runners)
      return {
        renditions: of(jobTypes.renditions),
        captions: of(jobTypes.captions),
        storyboards: of(jobTypes.storyboards),
        editing: of(jobTypes.editing),
        lives: of(jobTypes.lives)
      }
    })
  })
})

/** Capabilities by the registered runners. */
export const layer: Layer.Layer<Capabilities, never, Runners | JobTypes> = Layer.effect(Capabilities, make)
