import { openAsBlob } from "node:fs"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { assertPublished, type Video } from "../../support/Api.ts"
import { chromium } from "../../support/Browser.ts"
import type { Codecs } from "../../support/stockRunner.ts"
import { temporaryFolder } from "../../support/workspace.ts"
import { openPlayer } from "./browser.ts"
import { decodedOffset } from "./decoded.ts"
import { makeServer } from "./server.ts"
import { FIRST, type FlashingSource, makeBeeps, makePicture, makeSource, PERIOD } from "./sources.ts"
import { serve } from "./stage.ts"

/** Maximum offset of audio and video in seconds. */
const TARGET = 0.02

/** A source and the options of its transcoding. */
export interface Case extends FlashingSource {
  readonly splitAudio?: boolean
  readonly codecs?: Partial<Codecs>
  /** Whether to play it in the browser too, which takes the source's duration. */
  readonly isWatched?: boolean
}

/** One measured offset of audio and video. */
export interface Measurement {
  readonly by: "FFmpeg" | "Chromium"
  readonly title: string
  /** The delay of the beeps after the flashes, in seconds. */
  readonly offset: number
}

/** The test title of a case. */
export const titleOf = ({ audioStart = 0, bFrames = true, codecs, container, fps, splitAudio }: Case): string =>
  [
    `${fps} fps${bFrames ? "" : " without B-frames"}`,
    ...(audioStart === 0 ? [] : [`audio ${Math.abs(audioStart)} s ${audioStart > 0 ? "late" : "early"}`]),
    splitAudio === true ? "audio in a file of its own" : "audio and video in one file",
    ...(codecs?.video === "copy" ? ["video copied"] : []),
    ...(codecs?.audio === "aac" ? ["audio encoded anew"] : []),
    ...(container === undefined ? [] : [container])
  ].join(", ")

/** A server, a runner, and a browser where one is installed. */
export const makeBench = (env?: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { client, runner, server } = yield* makeServer(env)
    const player = chromium === undefined ? undefined : yield* openPlayer(chromium, yield* serve)
    let sources = 0

    const measured: Array<Measurement> = []

    const assertDecoded = (url: string, title: string) =>
      Effect.map(decodedOffset(url), (offset) => {
        measured.push({ by: "FFmpeg", title, offset })
        assert.isAtMost(Math.abs(offset), TARGET, `${title}: FFmpeg decodes the sound ${offset} s after the picture`)
      })

    const assertWatched = (url: string, title: string, what: { readonly fps: number; readonly isHls?: boolean }) =>
      Effect.gen(function* () {
        if (player === undefined) return console.warn("This machine has no Chromium. LEFT OUT: watching in a browser")
        // On a busy machine the browser may show so few frames that it finds no flash, which measures nothing.
        const played = yield* Effect.repeat(player.play({ url, ...what }), {
          while: ({ count, ended }) => ended && count === 0,
          times: 4
        })
        const shown = `${title}: Chromium ${JSON.stringify(played)}`
        measured.push({ by: "Chromium", title, offset: played.offset })
        assert.isTrue(played.ended, shown)
        assert.isAtLeast(played.count, 1, shown)
        assert.isAtMost(Math.abs(played.offset), TARGET, shown)
      })

    /** Beeps are heard at their positions, counted from the first frame. */
    const assertBeeps = (url: string, title: string, what: { readonly fps: number; readonly isHls?: boolean }) =>
      Effect.gen(function* () {
        if (player === undefined) return console.warn("This machine has no Chromium. LEFT OUT: watching in a browser")
        const played = yield* player.play({ url, ...what })
        const shown = `${title}: Chromium ${JSON.stringify(played)}`
        assert.isTrue(played.ended, shown)
        assert.isAtLeast(played.beeps.length, 2, shown)
        for (const beep of played.beeps) {
          const nearest = FIRST + PERIOD * Math.round((beep - FIRST) / PERIOD)
          assert.isAtMost(Math.abs(beep - nearest), TARGET, shown)
        }
      })

    /** Beeps with a picture of the size that a merge requests, merged and transcoded by the runner. */
    const merge = (fields: Readonly<Record<string, string>>, codecs?: Partial<Codecs>) =>
      Effect.gen(function* () {
        const path = yield* makeBeeps(folder, "beeps.m4a", 8)
        const picture = yield* makePicture(folder)
        const previewFile = yield* Effect.promise(() => openAsBlob(picture))
        const { uuid } = yield* client.upload(path, "beeps.m4a", { ...fields, previewFile })
        yield* runner.workOff(codecs)
        return yield* client.settled(uuid)
      })

    /** The source, transcoded by the runner with its options. */
    const transcode = (source: FlashingSource, fields: Readonly<Record<string, string>>, codecs?: Partial<Codecs>) =>
      Effect.gen(function* () {
        sources += 1
        const path = yield* makeSource(folder, `source-${sources}`, source)
        const { uuid } = yield* client.upload(path, path.slice(path.lastIndexOf("/") + 1), fields)
        yield* runner.workOff(codecs)
        return yield* client.settled(uuid)
      })

    const assertInSync = (one: Case) =>
      Effect.gen(function* () {
        const video: Video = yield* transcode(one, { splitAudio: String(one.splitAudio ?? false) }, one.codecs)
        assertPublished(video, one.splitAudio === true ? [0, 90] : [90])
        const url = String(video.playlistUrl)
        yield* assertDecoded(url, titleOf(one))
        if (one.isWatched === true) yield* assertWatched(url, titleOf(one), { fps: one.fps })
      })

    const asserts = { assertDecoded, assertWatched, assertBeeps, assertInSync }
    return { client, runner, server, folder, measured, transcode, merge, ...asserts }
  })
