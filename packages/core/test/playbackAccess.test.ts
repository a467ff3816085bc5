import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { playbackAccessContract } from "@runner-connector/contracts"
import { PlaybackAccess, type Video } from "@runner-connector/core"
import { Effect, Exit, Option, Redacted } from "effect"
import * as SignedPlayback from "../src/ports/SignedPlayback.ts"
import { aVideo } from "./domain/fixtures.ts"

const video = aVideo()
const secrets = [Redacted.make("a secret of at least 32 characters")] as const
const isMember = (request: Request) => request.headers.get("cookie") === "member=42"

playbackAccessContract("open", { layer: PlaybackAccess.layerOpen, video, headers: {}, restricted: false })
playbackAccessContract("signed", {
  layer: SignedPlayback.layerSigned({ secrets }),
  video,
  headers: {},
  restricted: true
})
playbackAccessContract("check of the host", {
  layer: PlaybackAccess.layerCheck(isMember),
  video,
  headers: { cookie: "member=42" },
  restricted: true
})
playbackAccessContract("check of the host that carries a parameter", {
  layer: PlaybackAccess.layerCheck(isMember, { carry: ["token", "x\n"] }),
  video,
  headers: { cookie: "member=42" },
  restricted: true
})

type Check = Parameters<typeof PlaybackAccess.layerCheck>[0]

const checkedBy = (mayWatch: Check, url = "https://a/b", options: PlaybackAccess.CheckOptions = {}) =>
  Effect.flatMap(PlaybackAccess.PlaybackAccess, (access) =>
    Effect.exit(access.check({ request: new Request(url), clientAddress: Option.none(), video }))
  ).pipe(Effect.provide(PlaybackAccess.layerCheck(mayWatch, options)))

const forbidden = Exit.fail(new PlaybackAccess.PlaybackForbidden())

describe("the check of the host", () => {
  it.effect("decides with the request and the video, at once or later", () =>
    Effect.gen(function* () {
      const asked: Array<readonly [string, Video.Video]> = []
      const answers = [true, false, Promise.resolve(true), Promise.resolve(false)]
      const exits = yield* Effect.forEach(answers, (answer) =>
        checkedBy((request, one) => {
          asked.push([request.url, one])
          return answer
        })
      )
      deepStrictEqual(exits.map(Exit.isSuccess), [true, false, true, false])
      deepStrictEqual(exits[1], forbidden)
      deepStrictEqual(
        asked,
        answers.map(() => ["https://a/b", video] as const)
      )
    })
  )

  it.effect("admits nobody when it fails, or answers something else than true", () =>
    Effect.gen(function* () {
      const broken: ReadonlyArray<Check> = [
        () => {
          throw new Error("the database of members is away")
        },
        () => Promise.reject(new Error("the database of members is away"))
      ]
      for (const check of broken) {
        const exit = yield* checkedBy(check)
        assert.strictEqual(
          Exit.isFailure(exit) && exit.cause._tag === "Fail" && exit.cause.error._tag,
          "PlaybackCheckFailed"
        )
      }
      for (const answer of ["yes", 1, {}, undefined, null]) {
        deepStrictEqual(yield* checkedBy(() => answer as unknown as boolean), forbidden)
      }
    })
  )

  it.effect("gets its own parameters again with every file, unless they are too long for a playlist", () =>
    Effect.gen(function* () {
      const url = "https://a/b?session=a%20b%22&other=1&session=c#session=d"
      const exit = yield* checkedBy(() => true, url, { carry: ["session", "none"] })
      assert.strictEqual(Exit.isSuccess(exit) && exit.value.query, "session=a+b%22&session=c")
      const long = yield* checkedBy(() => true, `https://a/b?session=${"x".repeat(1000)}`, { carry: ["session"] })
      deepStrictEqual(long, forbidden)
    })
  )
})
