import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import { until } from "../../src/testing/eventually.ts"
import * as Media from "../../src/testing/media.ts"
import { jobsOf, readText, store, videoOf } from "../support/actions.ts"
import { makeWatch } from "../support/calls.ts"
import { aRunningLive, chunkName, pictureVariant, segment, sessionOf, soundVariant } from "../support/live.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { endLive, reportSegments, unmovable } from "../support/replay.ts"

const audioOnly = { source: { width: 0, height: 0, fps: 0, hasVideo: false, hasAudio: true } }

/** A live with a replay that ended after one segment of each given variant, once its replay was made or given up. */
const replayOf = (segments: Readonly<Record<number, Uint8Array>>, over: Parameters<typeof aRunningLive>[1] = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { held, video } = yield* aRunningLive(server, { replay: true, ...over })
    yield* reportSegments(server, held, segments)
    yield* endLive(server, held)
    yield* until("the live was recorded", () => sessionOf(server.world, video).recorded)
    return { server, video: videoOf(server.world, video) }
  })

/** The kinds of the tracks of a stored file. */
const tracksOf = ({ world }: Process, key: Option.Option<string>) =>
  Effect.map(readText(world, Option.getOrThrow(key)), (text) =>
    (JSON.parse(text) as Report).streams.map(({ codec_type }) => codec_type)
  )

interface Report {
  readonly streams: ReadonlyArray<{ readonly codec_type: string }>
}

const both = { [soundVariant]: segment(soundVariant), [pictureVariant]: segment(pictureVariant) }

describe("the source of a replay", () => {
  it.effect("is one file with the picture of one variant and the audio of the other", () =>
    Effect.gen(function* () {
      const withOwnAudio = segment(pictureVariant, { hasAudio: true })
      const { server, video } = yield* replayOf({ ...both, [pictureVariant]: withOwnAudio })
      deepStrictEqual(yield* tracksOf(server, video.sourceKey), ["video", "audio"])
    })
  )

  it.effect("keeps the audio in the picture's segments when there is no other", () =>
    Effect.gen(function* () {
      const { server, video } = yield* replayOf({ [pictureVariant]: segment(pictureVariant, { hasAudio: true }) })
      deepStrictEqual(yield* tracksOf(server, video.sourceKey), ["video", "audio"])
      assert.deepInclude(video.source, { hasVideo: true, hasAudio: true })
    })
  )

  it.effect("is a picture without audio when no audio was stored", () =>
    Effect.gen(function* () {
      const { server, video } = yield* replayOf({ [pictureVariant]: segment(pictureVariant) })
      deepStrictEqual(yield* tracksOf(server, video.sourceKey), ["video"])
      assert.deepInclude(video.source, { hasVideo: true, hasAudio: false })
    })
  )

  it.effect("takes no picture from the segments of the audio", () =>
    Effect.gen(function* () {
      const withPicture = Media.aVideo({ seconds: 8, height: 144, width: 256 })
      const { server, video } = yield* replayOf({ ...both, [soundVariant]: withPicture })
      deepStrictEqual(yield* tracksOf(server, video.sourceKey), ["video", "audio"])
    })
  )

  it.effect("is audio without a thumbnail when the live had no picture", () =>
    Effect.gen(function* () {
      const { server, video } = yield* replayOf({ [soundVariant]: segment(soundVariant) }, audioOnly)
      deepStrictEqual(yield* tracksOf(server, video.sourceKey), ["audio"])
      deepStrictEqual([video.thumbnailKey, video.soundKey], [Option.none(), Option.none()])
      assert.deepInclude(video.source, { hasVideo: false, hasAudio: true })
    })
  )

  it.effect("replaces the joined variants", () =>
    Effect.gen(function* () {
      const { server, video } = yield* replayOf(both)
      const recordings = (yield* server.world.files).filter((key) => key.includes("-recording"))
      deepStrictEqual(recordings, Option.toArray(video.sourceKey))
    })
  )
})

describe("variants that MP4 cannot hold", () => {
  it.effect("are offered to runners as a picture with separate audio", () =>
    Effect.gen(function* () {
      const segments = {
        [soundVariant]: unmovable(segment(soundVariant)),
        [pictureVariant]: unmovable(segment(pictureVariant))
      }
      const { server, video } = yield* replayOf(segments)
      const { id } = Option.getOrThrow(video.live)
      deepStrictEqual(video.sourceKey, Option.some(`lives/cat/${id}-recording-1.ts`))
      deepStrictEqual(video.soundKey, Option.some(`lives/cat/${id}-recording-0.ts`))
      assert.deepInclude(video.source, {
        hasVideo: true,
        hasAudio: true,
        size: segments[soundVariant].length + segments[pictureVariant].length
      })
      assert.deepInclude(jobsOf(server.world)[1]?.privatePayload, { separatedSound: true })
      const kept = [video.sourceKey, video.soundKey, video.thumbnailKey].flatMap(Option.toArray)
      assert.includeMembers([...(yield* server.world.files)], kept)
      assert.lengthOf(kept, 3)
    })
  )

  it.effect("are the source themselves when there is only audio", () =>
    Effect.gen(function* () {
      const audio = unmovable(segment(soundVariant))
      const { server, video } = yield* replayOf({ [soundVariant]: audio }, audioOnly)
      const { id } = Option.getOrThrow(video.live)
      deepStrictEqual(video.sourceKey, Option.some(`lives/cat/${id}-recording-0.ts`))
      deepStrictEqual(video.soundKey, Option.none())
      assert.deepInclude(video.source, { hasVideo: false, hasAudio: true, size: audio.length })
      assert.deepInclude(jobsOf(server.world)[1]?.privatePayload, { separatedSound: false })
    })
  )

  it.effect("are those that have neither the picture nor the audio that they should have", () =>
    Effect.gen(function* () {
      const { video } = yield* replayOf({
        [soundVariant]: segment(pictureVariant),
        [pictureVariant]: segment(soundVariant)
      })
      const { id } = Option.getOrThrow(video.live)
      deepStrictEqual(video.sourceKey, Option.some(`lives/cat/${id}-recording-1.ts`))
    })
  )

  it.effect("have no audio when no variant has any", () =>
    Effect.gen(function* () {
      const { video } = yield* replayOf({ [pictureVariant]: unmovable(segment(pictureVariant)) })
      assert.deepInclude(video.source, { hasVideo: true, hasAudio: false })
    })
  )

  it.effect("keep the audio that is in the picture's segments", () =>
    Effect.gen(function* () {
      const segments = { [pictureVariant]: unmovable(segment(pictureVariant, { hasAudio: true })) }
      const { video } = yield* replayOf(segments)
      assert.deepInclude(video.source, { hasVideo: true, hasAudio: true, size: segments[pictureVariant].length })
    })
  )
})

describe("a replay that cannot be made", () => {
  it.effect("gives the reason when no segment was stored", () =>
    Effect.gen(function* () {
      const { video } = yield* replayOf({})
      deepStrictEqual(
        Option.flatMap(video.live, ({ error }) => error),
        Option.some("Nothing of the live was kept.")
      )
      assert.strictEqual(video.state, "LiveEnded")
    })
  )

  it.effect("gives the same reason when no playlist lists a stored segment", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server, { replay: true })
      yield* reportSegments(server, held, { [pictureVariant]: segment(pictureVariant) })
      const folder = `lives/cat/live-${sessionOf(world, video).id}`
      yield* Context.get(world.ports, FileStorage).remove(FileKey.make(`${folder}/${chunkName(pictureVariant, 0)}`))
      yield* store(world, `${folder}/${chunkName(soundVariant, 0)}`, segment(soundVariant))
      yield* endLive(server, held)
      yield* until("it was given up", () => sessionOf(world, video).recorded)
      deepStrictEqual(sessionOf(world, video).error, Option.some("Nothing of the live was kept."))
    })
  )

  it.effect("ends the video at once, even when the storage does not delete the recordings", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { held, video } = yield* aRunningLive(server, { replay: true })
      yield* reportSegments(server, held, { [pictureVariant]: new TextEncoder().encode("no media") })
      watch.breakDown((call) => call === "FileStorage.remove")
      yield* endLive(server, held)
      yield* until("the video ended", () => Option.isSome(videoOf(server.world, video).endedAt))
      assert.isAbove(watch.count("FileStorage.remove"), 0)
    })
  )

  it.effect("leaves no recording, not even until the next round of upkeep", () =>
    Effect.gen(function* () {
      const { server, video } = yield* replayOf({ [pictureVariant]: new TextEncoder().encode("no media") })
      yield* until("it was given up", () => Option.isSome(videoOf(server.world, video).endedAt))
      const left = (yield* server.world.files).filter((key) => key.includes("-recording"))
      deepStrictEqual(left, [])
    })
  )
})
