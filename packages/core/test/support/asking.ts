import { Effect, Option } from "effect"
import { Identifiers } from "../../src/ports/Tokens.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import { jobsOf, retry, store, videosOf } from "./actions.ts"
import { aLive } from "./live.ts"
import type { Process } from "./Process.ts"
import type { World } from "./World.ts"

/** The element of the list that the number selects. */
export const at = <A>(list: ReadonlyArray<A>, pick: number): Option.Option<A> =>
  Option.fromNullable(list[pick % Math.max(1, list.length)])

type Plan = NonNullable<TranscodeVideo["plan"]>

/** The plan of a video. Common plans are more frequent. */
const plans: readonly [Plan, ...Array<Plan>] = [
  {},
  { splitAudio: true },
  { webVideos: true, keepSource: false },
  {},
  { graph: "peertube", keepSource: false },
  { storyboard: true },
  { graph: "peertube", splitAudio: true, webVideos: true },
  { webVideos: true, hls: false }
]

const newName = Effect.flatMap(Identifiers, ({ uuid }) => uuid)

/** Submits a video. Every fifth one is audio with a picture to merge. */
export const takeInSome = (process: Process, pick: number) =>
  Effect.gen(function* () {
    const { transcoding, world } = process
    const name = yield* newName
    const isMerge = pick % 5 === 4
    yield* store(world, `uploads/${name}.mov`, isMerge ? Media.anAudioFile() : Media.aVideo())
    if (isMerge) yield* store(world, `uploads/${name}.jpg`, Media.aPicture())
    return yield* transcoding.transcodeVideo({
      path: `uploads/${name}.mov`,
      destination: `videos/${name}`,
      settings: { resolutions: [360, 480], maxFailures: 1 + (pick % 3) },
      plan: plans[pick % plans.length],
      ...(isMerge ? { picture: `uploads/${name}.jpg` } : {})
    })
  })

const startSomeLive = (process: Process, pick: number) =>
  Effect.flatMap(newName, (name) =>
    process.lives.startLive({ ...aLive, destination: `videos/${name}`, replay: pick % 3 > 0 })
  )

const editSome = (process: Process, pick: number) =>
  Effect.gen(function* () {
    const { editing, world } = process
    const { id } = yield* someVideo(world, pick)
    const file = `tasks/${yield* newName}.png`
    yield* store(world, file, Media.aPicture({ kind: "png" }))
    world.edits.set(id, (world.edits.get(id) ?? 0) + 1)
    const cut = { name: "cut", options: { start: 2, end: 20 - (pick % 7) } } as const
    return yield* editing.editVideo(id, [pick % 2 === 0 ? cut : { name: "add-watermark", options: { file } }])
  })

const ensureSome = (process: Process, pick: number) =>
  Effect.flatMap(someVideo(process.world, pick), ({ id }) => {
    process.world.reopened += 1
    return process.transcoding.ensureRenditions(id)
  })

const removeSome = ({ removal, world }: Process, pick: number) =>
  Effect.flatMap(someVideo(world, pick), ({ id }) => {
    world.removals.add(id)
    return removal.removeVideo(id)
  })

/** Captions of one of three videos that this server does not have. */
const elsewhere = (pick: number) => ({
  destination: `videos/elsewhere-${pick % 3}`,
  videoUrl: "https://elsewhere.example/cat.mp4"
})

/** The host repeats a failed removal. */
export const removeAgain = ({ removal, world }: Process): Effect.Effect<void> =>
  Effect.forEach(
    Array.from(world.removals).filter((id) => world.state.videos.has(id)),
    (id) => Effect.orDie(removal.removeVideo(id)),
    { discard: true }
  )

/** Fails with `NoSuchElementException` when there is none. */
const someVideo = (world: World, pick: number) => at(videosOf(world), pick)
const someLive = (world: World, pick: number) =>
  at(
    videosOf(world).filter(({ live }) => Option.isSome(live)),
    pick
  )
const someJob = (world: World, pick: number) => at(jobsOf(world), pick)
const someLostJob = (world: World, pick: number) => {
  const lost = jobsOf(world).filter(({ state }) => state === "Errored" || state === "Cancelled")
  return at(lost, pick)
}

/** The requests of hosts and administrators. The number selects the video or job. */
export const asks = {
  "take in": takeInSome,
  "start a live": startSomeLive,
  "stop a live": (process, pick) =>
    Effect.flatMap(someLive(process.world, pick), ({ id }) => process.lives.stopLive(id)),
  "make a storyboard": (process, pick) =>
    Effect.flatMap(someVideo(process.world, pick), ({ id }) => process.storyboards.makeStoryboard(id)),
  transcribe: (process, pick) =>
    Effect.flatMap(someVideo(process.world, pick), ({ id }) => process.transcription.transcribeVideo({ video: id })),
  "transcribe from elsewhere": (process, pick) => process.transcription.transcribeVideo(elsewhere(pick)),
  edit: editSome,
  "edit into a new video": (process, pick) =>
    Effect.flatMap(someVideo(process.world, pick), ({ id }) =>
      process.editing.editVideo(id, [{ name: "cut", options: { start: 2, end: 20 - (pick % 7) } }], { into: "new" })
    ),
  retry: (process, pick) => Effect.flatMap(someLostJob(process.world, pick), ({ id }) => retry(process, id)),
  "ensure renditions": ensureSome,
  cancel: (process, pick) => Effect.flatMap(someJob(process.world, pick), ({ id }) => process.admin.cancel(id)),
  "remove a job": (process, pick) => Effect.flatMap(someJob(process.world, pick), ({ id }) => process.admin.remove(id)),
  "remove a video": removeSome,
  "keep up": ({ upkeep }) => upkeep
} satisfies Record<string, (process: Process, pick: number) => Effect.Effect<unknown, { readonly _tag: string }>>
