import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { PlaybackAccess, type Video } from "@runner-connector/core"
import { DateTime, Effect, Exit, type Layer, Option } from "effect"

/** Setup of the contract for one implementation. */
export interface PlaybackAccessHarness<E> {
  readonly layer: Layer.Layer<PlaybackAccess.PlaybackAccess, E>
  readonly video: Video.Video
  /** The headers of a viewer who may watch, with the query of a link. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether somebody may not watch: a request without query and headers. */
  readonly restricted: boolean
}

const urlOf = (query: string): string =>
  `https://media.example/playback/id/master.m3u8${query === "" ? "" : `?${query}`}`

/** Contract of every PlaybackAccess: links admit, what they carry admits again, and nobody else is admitted. */
export const playbackAccessContract = <E>(name: string, harness: PlaybackAccessHarness<E>): void => {
  const { headers, layer, restricted, video } = harness
  const check = (query: string, more: Readonly<Record<string, string>> = headers) =>
    Effect.flatMap(PlaybackAccess.PlaybackAccess, (access) =>
      access.check({
        request: new Request(urlOf(query), { headers: { ...more } }),
        clientAddress: Option.none(),
        video
      })
    )
  const link = Effect.flatMap(PlaybackAccess.PlaybackAccess, (access) => access.link(video.id))

  describe(`PlaybackAccess: ${name}`, () => {
    it.effect("admits the holder of a link, and again with the query that it carries", () =>
      Effect.gen(function* () {
        const made = yield* link
        const grant = yield* check(made.query)
        deepStrictEqual(yield* check(grant.query), grant)
        deepStrictEqual([made.restricted, grant.restricted], [restricted, restricted])
        const now = yield* DateTime.now
        assert.isTrue(!Option.exists(made.until, (until) => DateTime.lessThanOrEqualTo(until, now)))
      }).pipe(Effect.provide(layer))
    )

    it.effect("carries a query that no playlist can misread", () =>
      Effect.gen(function* () {
        const made = yield* link
        const attack = new URLSearchParams({ token: 'a"\n#EXT-X-MAP:URI="b', "x\n": "https://evil.example" }).toString()
        for (const query of [made.query, `${made.query}&${attack}`, attack]) {
          const exit = yield* Effect.exit(check(query))
          if (Exit.isSuccess(exit)) assert.match(exit.value.query, /^[\w.=&%+*~-]*$/)
        }
      }).pipe(Effect.provide(layer))
    )

    it.effect(restricted ? "admits nobody without query and headers" : "admits everybody", () =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(check("", {}))
        assert.strictEqual(Exit.isFailure(exit), restricted)
      }).pipe(Effect.provide(layer))
    )
  })
}
