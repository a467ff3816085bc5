import { assert } from "@effect/vitest"
import { Context, Effect, FastCheck as fc, Option, Random } from "effect"
import type { Video } from "../../src/domain/Video.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import type { TranscodeVideo } from "../../src/usecases/Transcoding.ts"
import { accept, type Held, jobsOf, type Registered, request, succeed } from "./actions.ts"
import { outcome, portError } from "./calls.ts"
import { aResultFor, media } from "./media.ts"
import type { Around, Process } from "./Process.ts"
import { turn } from "./time.ts"
import type { World } from "./World.ts"

const kinds = [
  "accept",
  "accept",
  "accept",
  "update",
  "fail",
  "abort",
  "succeed",
  "succeed",
  "succeed",
  "succeed badly",
  "come late",
  "cancel",
  "keep up",
  "remove"
] as const

/** What one of several callers does; the number picks among what there is to do it with. */
export interface Command {
  readonly kind: (typeof kinds)[number]
  readonly pick: number
}

const command: fc.Arbitrary<Command> = fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat({ max: 5 }) })

/** What three callers do at the same time, and how long nothing happens then. */
export interface Round {
  readonly commands: ReadonlyArray<Command>
  readonly seconds: number
}

export const rounds: fc.Arbitrary<ReadonlyArray<Round>> = fc.array(
  fc.record({
    commands: fc.array(command, { minLength: 3, maxLength: 3 }),
    seconds: fc.constantFrom(0, 0, 0, 50, 200)
  }),
  { minLength: 3, maxLength: 10 }
)

type Plan = TranscodeVideo["plan"]

/** What is made of the video in such a life; seldom what leaves most runners without work. */
export const plans: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Plan>({}, { webVideos: true, keepSource: false }, { splitAudio: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Plan>(
      { graph: "peertube", keepSource: false },
      { graph: "peertube", splitAudio: true, webVideos: true }
    )
  }
)

/** A runner with what it holds, and with what it held before. */
export interface Caller {
  readonly runner: Registered
  readonly server: Process
  held: Held | undefined
  readonly lost: Array<Held>
}

const at = <A>(list: ReadonlyArray<A>, pick: number): A | undefined => list[pick % Math.max(1, list.length)]

/** Carries the command out; what came of it. */
const perform = (caller: Caller, { kind, pick }: Command, video: Video): Effect.Effect<string> => {
  const { held, runner, server } = caller
  const holding = (act: (held: Held) => Effect.Effect<unknown, { readonly _tag: string }>, keeps = false) =>
    Effect.suspend(() => {
      if (held === undefined) return Effect.succeed("idle")
      if (!keeps) {
        caller.held = undefined
        caller.lost.push(held)
      }
      return outcome(act(held))
    })
  switch (kind) {
    case "accept":
      return outcome(
        Effect.gen(function* () {
          const job = at(yield* request(server, runner), pick)
          if (job === undefined) return
          const next = yield* accept(server, runner, job.id)
          if (caller.held !== undefined) caller.lost.push(caller.held)
          caller.held = next
        })
      )
    case "update":
      return holding(
        ({ claim }) => server.jobs.update({ ...claim, progress: Option.some(pick), payload: undefined }),
        true
      )
    case "fail":
      return holding(({ claim }) => server.jobs.fail({ ...claim, message: "no" }))
    case "abort":
      return holding(({ claim }) => server.jobs.abort({ ...claim, reason: "stopped" }))
    case "succeed":
      return holding((it) => succeed(server, it))
    case "succeed badly": {
      const bad = { media: media({ duration: 1 }) }
      return holding((it) => succeed(server, it, aResultFor(server.world, it.job, bad)))
    }
    case "come late": {
      const late = at(caller.lost, pick)
      return late === undefined ? Effect.succeed("idle") : outcome(succeed(server, late))
    }
    case "cancel": {
      const job = at(jobsOf(server.world), pick)
      return job === undefined || pick < 4 ? Effect.succeed("idle") : outcome(server.jobs.cancel(job.id))
    }
    case "keep up":
      return Effect.as(server.upkeep, "ok")
    case "remove":
      return pick < 5 ? Effect.succeed("idle") : outcome(server.removal.removeVideo(video.id))
  }
}

/** The same, with what must be true of every single answer. */
export const performChecked = (caller: Caller, command: Command, video: Video): Effect.Effect<string> =>
  Effect.tap(perform(caller, command, video), (answer) =>
    Effect.sync(() => {
      assert.notStrictEqual(answer, "UnknownRunner", "a runner that is registered is never unknown")
    })
  )

/** Lets others go first now and then, and now and then fails, before or after it is done. */
export const restless =
  (failureRate: number): Around =>
  <A, E, R>(call: string, effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const failure = Effect.fail(portError(call)) as unknown as Effect.Effect<never, E>
      if ((yield* Random.next) < 0.3) yield* turn
      const chance = yield* Random.next
      if (chance < failureRate / 2) return yield* failure
      const value = yield* effect
      return chance < failureRate ? yield* failure : value
    })

/** No job is worked on whose parent is not completed. */
export const assertParents = (world: World): void => {
  for (const job of jobsOf(world)) {
    if (Option.isNone(job.parentId) || !["Pending", "Processing", "Completing", "Completed"].includes(job.state))
      continue
    assert.strictEqual(world.state.jobs.get(job.parentId.value)?.state, "Completed", `the parent of a ${job.state} job`)
  }
}

/** Lets a job of the video wait for its first one. */
export const insertChild = (world: World, video: Video) =>
  Effect.suspend(() => {
    const [parent] = jobsOf(world)
    if (parent === undefined) return Effect.dieMessage("The video has no jobs")
    const child = {
      ...parent,
      id: crypto.randomUUID() as typeof parent.id,
      state: "WaitingForParent" as const,
      parentId: Option.some(parent.id),
      videoId: Option.some(video.id),
      payload: { output: { ...(parent.payload as { readonly output: object }).output, resolution: 240, fps: 30 } }
    }
    return Context.get(world.ports, JobStore).insert([child])
  }).pipe(Effect.orDie)
