import { Option, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { VideoId } from "../../../src/domain/Ids.ts"
import { Claims, format, messageOf, parse, signedText } from "../../../src/domain/playback/PlaybackToken.ts"
import { uuid } from "../fixtures.ts"

const signature = new Uint8Array(32).fill(255)
const statement = (claims: Claims, seconds?: number) => ({ claims, expiresAt: Option.fromNullable(seconds) })

describe("a token", () => {
  it("is read as it was written", () => {
    for (const given of [statement({}), statement({}, 1_800_000_000), statement({ member: "Ж 42", a: "" }, 1)]) {
      const signed = signedText(given)
      expect(parse(format(signed, signature))).toEqual(Option.some({ ...given, signed, signature }))
    }
  })

  it("is short", () => {
    expect(format(signedText(statement({}, 1_800_000_000)), signature)).toHaveLength(6 + 1 + 1 + 43)
  })

  it("needs no escaping in a URL, a playlist or a thumbnail track", () => {
    const token = format(signedText(statement({ name: '"?&#\n' }, 1_800_000_000)), signature)
    expect(encodeURIComponent(token)).toBe(token)
  })

  it("is malformed in every other form", () => {
    const good = format(signedText(statement({}, 1_800_000_000)), signature)
    const [expiry = "", , mac = ""] = good.split("~")
    const claims = (json: string) => Buffer.from(json).toString("base64url")
    const malformed = [
      ...["", "~", "~~", "~~~", expiry, `${expiry}~`, `${expiry}~~`, `${good}x`, `x~${good}`, `${good} `],
      // The same bytes in another spelling.
      ...[`${expiry}~~${mac.slice(0, -1)}9`, `${expiry}~~${mac}=`, `${expiry}~~${mac.replaceAll("_", "/")}`],
      ...[
        `${expiry}~~${mac.slice(1)}`,
        `-1~~${mac}`,
        `1.5~~${mac}`,
        `1e9~~${mac}`.toUpperCase(),
        `${"z".repeat(11)}~~${mac}`
      ],
      ...["x", "[]", "null", '{"a":1}', '{"a":"b"', `{"a":"${"b".repeat(700)}"}`].map(
        (json) => `${expiry}~${claims(json)}~${mac}`
      )
    ]
    for (const token of malformed) expect(parse(token), token).toEqual(Option.none())
  })

  it("has a message that names its video and everything that it states", () => {
    const id = VideoId.make(uuid(10))
    const texts = [statement({}), statement({}, 1), statement({}, 11), statement({ a: "b" }), statement({ a: "b" }, 1)]
    const messages = [id, VideoId.make(uuid(11))].flatMap((video) =>
      texts.map((one) => Buffer.from(messageOf(video, signedText(one))).toString())
    )
    expect(new Set(messages).size).toBe(10)
    expect(messageOf(VideoId.make(id.toUpperCase()), ".")).toEqual(messageOf(id, "."))
  })
})

it("claims have at most 700 bytes as JSON", () => {
  const valid = Schema.is(Claims)
  const ofLength = (length: number) => ({ a: "x".repeat(length - '{"a":""}'.length) })
  expect([valid(ofLength(700)), valid(ofLength(701)), valid({ a: "é".repeat(347) })]).toEqual([true, false, false])
})
