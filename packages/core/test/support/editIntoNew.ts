import { Effect, Option } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import * as Media from "../../src/testing/media.ts"
import type { EditIntoNew, EditTasks } from "../../src/usecases/video/editRequest.ts"
import { register, store, takeIn, videoOf } from "./actions.ts"
import { aProcess, type Process } from "./Process.ts"
import { goOn } from "./sweep.ts"

export const cut: EditTasks = [{ name: "cut", options: { start: 10, end: 40 } }]
export const withLogo: EditTasks = [...cut, { name: "add-watermark", options: { file: "tasks/logo.png" } }]

/** A published video with a title. */
export const aVideo = (over: Parameters<typeof takeIn>[1] = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const settings = { resolutions: [360] as const, maxFailures: 1 }
    const { id } = yield* takeIn(server, { title: "Муур", fileName: "муур.mov", settings, ...over })
    yield* goOn(server, runner)
    yield* store(server.world, "tasks/logo.png", Media.aPicture({ width: 100, height: 50, kind: "png" }))
    return { server, runner, old: videoOf(server.world, { id }), files: yield* server.world.files }
  })

export const editInto = (
  server: Process,
  { id }: Video,
  over: Partial<EditIntoNew> = {},
  tasks: EditTasks = withLogo
) => server.editing.editVideo(id, tasks, { into: "new", ...over })

export const madeBy = ({ world }: Process, { videoId }: RunnerJob): Video =>
  videoOf(world, { id: Option.getOrThrow(videoId) })

export const hooksOf = ({ world }: Process, { id }: Video): ReadonlyArray<string> =>
  world.told.filter(({ videoId }) => videoId === id).map(({ hook }) => hook)
