import { it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { hasEnded, type Video } from "./support/Api.ts"
import { Engine } from "./support/clips.ts"
import { assertLike, assertNothingElse, makeStage, makeWhole, type Stage } from "./support/filmCrashes.ts"
import { hasNative, leftOut } from "./support/native.ts"
import { until } from "./support/waiting.ts"

/** The variable `SEED` asks for other moments. */
const SEED = process.env.SEED ?? "seed"
/** The variable `KILLS` asks for another number. Four are one round of all victims. */
const KILLS = Number(process.env.KILLS ?? 8)
/** Each film takes its time on a busy machine, and more kills interrupt more films. */
const SECONDS = 120 + 30 * KILLS

/** The latest moment of a kill after there is work in hand. Milliseconds. */
const LATEST = 1000

/** The kills that may come while the film is cut. Later ones wait for a runner that works. */
const EARLY = 3

const isWorkedOn = ({ jobs }: Video): boolean =>
  jobs.some(({ state }) => state.label === "Processing" || state.label === "Completing")

/** Waits until there is something to interrupt. Uploads another film when all have ended. */
const whileBusy = ({ client, film }: Stage, uuids: Array<string>, kills: number) =>
  Effect.gen(function* () {
    if (hasEnded(yield* client.video(uuids.at(-1) ?? ""))) uuids.push((yield* client.upload(film, "film.mp4")).uuid)
    const isBusy = (video: Video) => isWorkedOn(video) || (kills < EARLY && video.chunking?.state === "cutting")
    yield* until("there is work in hand", client.video(uuids.at(-1) ?? ""), isBusy)
  })

if (hasNative) {
  it.scopedLive(
    `a film in chunks survives ${KILLS} kills of the server and the runners, complete and without a stray file`,
    () =>
      Effect.gen(function* () {
        const stage = yield* makeStage
        const { client, film, runners, server } = stage
        const [first, second] = runners
        const uuids = [(yield* client.upload(film, "film.mp4")).uuid]
        const victims = [server, first, server, second]
        for (let kills = 0; kills < KILLS; kills++) {
          yield* whileBusy(stage, uuids, kills)
          yield* Effect.sleep(yield* Random.nextIntBetween(0, LATEST))
          yield* victims[kills % victims.length]?.restart ?? Effect.void
        }
        const videos = yield* Effect.forEach(uuids, (uuid) => client.settled(uuid, SECONDS))
        const whole = yield* makeWhole(stage, SECONDS)
        yield* Effect.forEach(videos, assertLike(whole))
        yield* assertNothingElse(stage, [...videos, whole.video])
      }).pipe(Effect.withRandom(Random.make(SEED)), Effect.provide(Engine)),
    3 * SECONDS * 1000
  )
} else {
  it("needs native FFmpeg", () => leftOut("kills while a film is made in chunks"))
}
