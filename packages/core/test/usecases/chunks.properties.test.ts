import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, FastCheck as fc, Option, TestClock } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import { aVideo } from "../../src/testing/media.ts"
import { accept, type Held, jobsOf, type Registered, readText, register, succeed, videoOf } from "../support/actions.ts"
import { assertGrowing, chunkingOf, FILM, secondsIn, takeFilm } from "../support/chunks.ts"
import { assertConsistent } from "../support/invariants.ts"
import { type Mortal, startMortal } from "../support/mortal.ts"
import { startProcess } from "../support/Process.ts"
import { propertyOptions } from "../support/properties.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy, turn } from "../support/time.ts"
import { makeWorld, type World } from "../support/World.ts"

const kinds = ["take", "take", "take", "succeed", "succeed", "twice", "fail", "abort", "kill", "wait"] as const

interface Command {
  readonly kind: (typeof kinds)[number]
  /** Which job. */
  readonly pick: number
  readonly server: 0 | 1
  /** How far a killed server had come. */
  readonly turns: number
}

const commands = fc.array(
  fc.record<Command>({
    kind: fc.constantFrom(...kinds),
    pick: fc.nat(),
    server: fc.constantFrom(0, 1),
    turns: fc.nat({ max: 12 })
  }),
  { minLength: 10, maxLength: 40 }
)

/** Two servers over one world, and a runner that holds any number of jobs. */
interface Life {
  readonly world: World
  readonly servers: [Mortal, Mortal]
  readonly runner: Registered
  readonly held: Array<Held>
}

const anyOf = <A>(list: ReadonlyArray<A>, pick: number): A | undefined => list[pick % Math.max(1, list.length)]

/** Takes any pending job, not the best one. */
const take = ({ held, runner, servers, world }: Life, { pick, server }: Command) =>
  Effect.gen(function* () {
    const job = anyOf(
      jobsOf(world).filter(({ state }) => state === "Pending"),
      pick
    )
    if (job !== undefined) held.push(yield* accept(servers[server].process, runner, job.id))
  })

const letGo = ({ held }: Life, pick: number): Held | undefined => {
  const one = anyOf(held, pick)
  if (one !== undefined) held.splice(held.indexOf(one), 1)
  return one
}

/** Two servers get the same result at the same moment. */
const twice = (one: Held, { servers }: Life) =>
  Effect.all(
    servers.map(({ process }) => Effect.ignore(succeed(process, one))),
    { concurrency: 2, discard: true }
  )

/** A server is killed while it stores a result, and another one takes its place. */
const kill = (life: Life, { pick, server, turns }: Command) =>
  Effect.gen(function* () {
    const { process, kill } = life.servers[server]
    const one = letGo(life, pick)
    if (one !== undefined) yield* Effect.forkDaemon(Effect.ignore(succeed(process, one)))
    yield* Effect.repeatN(turn, turns)
    yield* kill
    life.servers[server] = yield* startMortal(life.world)
  })

const perform = (life: Life, command: Command): Effect.Effect<unknown, unknown> => {
  const { kind, pick, server } = command
  const { process } = life.servers[server]
  if (kind === "take") return take(life, command)
  if (kind === "kill") return kill(life, command)
  if (kind === "wait") return Effect.zipRight(TestClock.adjust("3 minutes"), process.upkeep)
  const one = letGo(life, pick)
  if (one === undefined) return Effect.void
  if (kind === "twice") return twice(one, life)
  if (kind === "succeed") return succeed(process, one)
  if (kind === "fail") return process.jobs.error({ ...one.claim, message: "no space left" })
  return process.jobs.abort({ ...one.claim, reason: "Runner stopped" })
}

const assertDone = (world: World, video: Pick<Video, "id">) =>
  Effect.gen(function* () {
    const film = videoOf(world, video)
    const { total } = chunkingOf(world, film)
    deepStrictEqual(
      film.files.map(({ parts, resolution }) => [resolution, parts?.length]),
      [
        [0, undefined],
        [360, total],
        [480, total]
      ]
    )
    for (const { parts, playlistKey } of film.files) {
      if (parts === undefined) continue
      assert.approximately(secondsIn(yield* Effect.orDie(readText(world, playlistKey))), FILM, 0.001)
    }
    assert.isTrue(Option.isSome(film.endedAt))
  })

describe("with any events of the chunks of a film,", () => {
  it.effect.prop(
    "its playlists cover an unbroken beginning at every moment, and the whole film in the end",
    { life: commands, audioCodec: fc.constantFrom("aac", "opus") },
    ({ audioCodec, life: list }) =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        const servers: [Mortal, Mortal] = [yield* startMortal(world), yield* startMortal(world)]
        const runner = yield* register(servers[1].process)
        const film = yield* takeFilm(servers[0].process, {
          source: aVideo({ seconds: FILM, audioCodec }),
          settings: { resolutions: [360, 480], chunkDuration: 60, chunkMinDuration: 30, maxFailures: 50 }
        })
        const life: Life = { world, servers, runner, held: [] }
        for (const command of list) {
          yield* asTimeGoesBy(Effect.ignore(perform(life, command)))
          yield* assertGrowing(world, film)
          yield* assertConsistent(world)
        }
        yield* goOn(yield* startProcess(world), yield* register(servers[0].process, "last"))
        yield* assertDone(world, film)
      }),
    propertyOptions(4)
  )
})
