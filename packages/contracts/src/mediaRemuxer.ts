import { access } from "node:fs/promises"
import { assert, layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage, MediaProbe, MediaRemuxer, SourceTracks } from "@runner-connector/core"
import type { Layer } from "effect"
import { type Array as Arr, Effect, Exit, Option, Scope } from "effect"
import { fixturePath } from "./media/corpus.ts"

type Ports = MediaProbe.MediaProbe | MediaRemuxer.MediaRemuxer

const inputOf = (name: string, ...tracks: Arr.NonEmptyReadonlyArray<number>): MediaRemuxer.RemuxInput => ({
  source: FileStorage.MediaSource.Path({ path: fixturePath(name) }),
  tracks,
  start: 1.4,
  origin: 1.4
})

const toMp4 = (...inputs: Arr.NonEmptyReadonlyArray<MediaRemuxer.RemuxInput>) =>
  Effect.flatMap(MediaRemuxer.MediaRemuxer, (remuxer) => remuxer.toMp4(inputs))

const tracksOf = ({ path }: MediaRemuxer.RemuxedFile) =>
  Effect.gen(function* () {
    const { probe } = yield* MediaProbe.MediaProbe
    const report = yield* probe(FileStorage.MediaSource.Path({ path }))
    assert.include(report.format.format_name, "mp4")
    return SourceTracks.tracksOf(report).map(({ codec, kind }) => [kind, Option.getOrNull(codec)])
  })

/** Contract of every MediaRemuxer, with a probe to inspect the result. An adapter's test calls this. */
export const mediaRemuxerContract = <E>(
  name: string,
  layer: Layer.Layer<Ports, E>,
  /** Returns whether a path exists on the adapter's disk. */
  isThere: (path: string) => Effect.Effect<boolean, never, Ports> = onDisk
): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`MediaRemuxer: ${name}`, (it) => {
    it.scoped("moves the chosen tracks into MP4, in the order given", () =>
      Effect.gen(function* () {
        const file = yield* toMp4(inputOf("broadcast.ts", 1, 0))
        deepStrictEqual(yield* tracksOf(file), [
          ["audio", "aac"],
          ["video", "h264"]
        ])
        assert.isAbove(file.size, 0)
      })
    )

    it.scoped("combines tracks of several files", () =>
      Effect.gen(function* () {
        const file = yield* toMp4(inputOf("broadcast.ts", 0), inputOf("broadcast.ts", 1))
        deepStrictEqual(yield* tracksOf(file), [
          ["video", "h264"],
          ["audio", "aac"]
        ])
      })
    )

    it.effect("leaves nothing on the disk when the scope ends", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const { path } = yield* Scope.extend(toMp4(inputOf("broadcast.ts", 0)), scope)
        assert.isTrue(yield* isThere(path))
        yield* Scope.close(scope, Exit.void)
        assert.isFalse(yield* isThere(path))
      })
    )

    it.scoped("keeps the files of several calls apart", () =>
      Effect.gen(function* () {
        const files = [yield* toMp4(inputOf("broadcast.ts", 0)), yield* toMp4(inputOf("broadcast.ts", 1))]
        assert.strictEqual(new Set(files.map(({ path }) => path)).size, 2)
        deepStrictEqual(yield* Effect.forEach(files, tracksOf), [[["video", "h264"]], [["audio", "aac"]]])
      })
    )

    it.effect("refuses a track that does not exist, beside one that does", () =>
      Effect.gen(function* () {
        const refusal = yield* Effect.flip(Effect.scoped(toMp4(inputOf("broadcast.ts", 0, 7))))
        assert.strictEqual(refusal._tag, "UnreadableMedia")
      })
    )

    for (const broken of ["noise.mp4", "text.txt"]) {
      it.scoped(`refuses ${broken}`, () =>
        Effect.gen(function* () {
          assert.strictEqual((yield* Effect.flip(toMp4(inputOf(broken, 0))))._tag, "UnreadableMedia")
        })
      )
    }
  })

const onDisk = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    access(path).then(
      () => true,
      () => false
    )
  )
