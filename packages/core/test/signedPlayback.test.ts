import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Ids, PlaybackAccess } from "@runner-connector/core"
import { Array as Arr, DateTime, Duration, Effect, Exit, Option, Redacted, TestClock } from "effect"
import * as SignedPlayback from "../src/ports/SignedPlayback.ts"
import { aVideo, uuid } from "./domain/fixtures.ts"

const [first, second] = ["the first secret, which is long enough", "the second secret, which is long enough"] as const
const video = aVideo()

type Options = Omit<SignedPlayback.SignedOptions, "secrets">

const signed = (secrets: Arr.NonEmptyReadonlyArray<string> = [first], options: Options = {}) =>
  SignedPlayback.layerSigned({ ...options, secrets: Arr.map(secrets, (one) => Redacted.make(one)) })

const link = (options?: PlaybackAccess.LinkOptions, id = video.id) =>
  Effect.flatMap(PlaybackAccess.PlaybackAccess, (access) => access.link(id, options))

const check = (query: string, one = video) =>
  Effect.flatMap(PlaybackAccess.PlaybackAccess, (access) =>
    Effect.exit(
      access.check({ request: new Request(`https://a/b?${query}`), clientAddress: Option.none(), video: one })
    )
  )

const admits = (query: string) => Effect.map(check(query), Exit.isSuccess)
const forbidden = Exit.fail(new PlaybackAccess.PlaybackForbidden())

describe("signed playback", () => {
  it.effect("tells a missing token from a wrong one", () =>
    Effect.gen(function* () {
      for (const query of ["", "token=", "tokens=x", "Token=x"]) {
        deepStrictEqual(yield* check(query), Exit.fail(new PlaybackAccess.PlaybackUnauthorized()))
      }
      for (const query of ["token=x", "token=~~", "token=%00", "token=x&token=y"]) {
        deepStrictEqual(yield* check(query), forbidden)
      }
    }).pipe(Effect.provide(signed()))
  )

  it.effect("refuses a token with any other character, and the token of another video", () =>
    Effect.gen(function* () {
      const { query } = yield* link({ claims: { member: "42" } })
      const [name = "", token = ""] = query.split("=")
      assert.isTrue(yield* admits(query))
      for (const at of token.split("").keys()) {
        const other = token[at] === "A" ? "B" : "A"
        deepStrictEqual(yield* check(`${name}=${token.slice(0, at)}${other}${token.slice(at + 1)}`), forbidden)
      }
      deepStrictEqual(yield* check(query, aVideo({ id: Ids.VideoId.make(uuid(501)) })), forbidden)
      const { query: ofOther } = yield* link({}, Ids.VideoId.make(uuid(501)))
      deepStrictEqual(yield* check(ofOther), forbidden)
    }).pipe(Effect.provide(signed([first], { acceptsClaims: () => true })))
  )

  it.effect("expires at the second that the link names", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1500 millis")
      const { query, until } = yield* link({ expiresIn: "10 seconds" })
      deepStrictEqual(Option.map(until, DateTime.toEpochMillis), Option.some(12_000))
      yield* TestClock.setTime(11_999)
      deepStrictEqual(
        Exit.map(yield* check(query), (grant) => grant.until),
        Exit.succeed(until)
      )
      yield* TestClock.setTime(12_000)
      deepStrictEqual(yield* check(query), forbidden)
    }).pipe(Effect.provide(signed()))
  )

  it.effect("works for the default lifetime, up to a quarter longer, so that links of a moment are equal", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 minute")
      const { query } = yield* link()
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual((yield* link()).query, query)
      yield* TestClock.adjust("1 minute")
      assert.notStrictEqual((yield* link()).query, query)
      yield* TestClock.setTime(Duration.toMillis("5 hours") - 1)
      assert.isTrue(yield* admits(query))
      yield* TestClock.adjust("1 milli")
      deepStrictEqual(yield* check(query), forbidden)
    }).pipe(Effect.provide(signed([first], { lifetime: "4 hours" })))
  )

  it.effect("never expires if requested", () =>
    Effect.gen(function* () {
      const { query, until } = yield* link({ expiresIn: Duration.infinity })
      deepStrictEqual(until, Option.none())
      yield* TestClock.adjust("36500 days")
      assert.isTrue(yield* admits(query))
    }).pipe(Effect.provide(signed()))
  )

  it.effect("accepts every secret and signs with the first, so that a secret can be replaced", () =>
    Effect.gen(function* () {
      const [old, both, renewed] = [signed([first]), signed([second, first]), signed([second])] as const
      const byOld = yield* Effect.provide(link(), old)
      const byBoth = yield* Effect.provide(link(), both)
      deepStrictEqual(byBoth, yield* Effect.provide(link(), renewed))
      const seen = yield* Effect.forEach([old, both, renewed], (access) =>
        Effect.provide(Effect.forEach([byOld.query, byBoth.query], admits), access)
      )
      deepStrictEqual(seen, [
        [true, false],
        [true, true],
        [false, true]
      ])
    })
  )

  it.effect("refuses tokens with claims that the host does not check, and asks the host about others", () =>
    Effect.gen(function* () {
      const { query } = yield* Effect.provide(link({ claims: { member: "42" } }), signed())
      deepStrictEqual(yield* Effect.provide(check(query), signed()), forbidden)
      const asked: Array<unknown> = []
      const acceptsClaims: Options["acceptsClaims"] = async (claims, viewing) => {
        asked.push([claims, viewing.video.id])
        return claims.member === "42"
      }
      const asking = signed([first], { acceptsClaims })
      assert.isTrue(yield* Effect.provide(admits(query), asking))
      const { query: others } = yield* Effect.provide(link({ claims: { member: "43" } }), asking)
      deepStrictEqual(yield* Effect.provide(check(others), asking), forbidden)
      deepStrictEqual(asked, [
        [{ member: "42" }, video.id],
        [{ member: "43" }, video.id]
      ])
      const { query: without } = yield* Effect.provide(link(), asking)
      assert.isTrue(yield* Effect.provide(admits(without), asking))
      assert.lengthOf(asked, 2, "tokens without claims need no check, and forged ones never reach it")
    })
  )

  it.effect("needs secrets of 32 characters", () =>
    Effect.gen(function* () {
      for (const secrets of [["x".repeat(31)], [first, ""]] as const) {
        const error = yield* Effect.flip(Effect.provide(link(), signed(secrets)))
        assert.include(error.message, "at least 32 characters")
      }
      assert.isTrue((yield* Effect.provide(link(), signed(["x".repeat(32)]))).restricted)
    })
  )
})
