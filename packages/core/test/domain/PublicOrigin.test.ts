import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Either } from "effect"
import { parsePublicOrigin } from "../../src/domain/PublicOrigin.ts"

describe("the public URL", () => {
  for (const [text, origin] of [
    ["https://media.example", "https://media.example"],
    ["http://media.example:8080/", "http://media.example:8080"],
    ["HTTPS://Media.Example:443", "https://media.example"],
    ["http://[::1]:9000", "http://[::1]:9000"]
  ] as const) {
    it(`may be ${text}`, () => deepStrictEqual(parsePublicOrigin(text), Either.right(origin as never)))
  }

  for (const [text, reason] of [
    ["media.example", /expected an http or https address/],
    ["ftp://media.example", /expected an http or https address/],
    ["https://media.example/videos", /without a path: runners call their API at the root of a host/],
    ["https://media.example/?a=1", /without a query/],
    ["https://media.example/#top", /without a fragment/],
    ["https://admin:secret@media.example", /^expected an address without a user or a password$/]
  ] as const) {
    it(`is refused as ${text}`, () => assert.match(Either.getOrThrow(Either.flip(parsePublicOrigin(text))), reason))
  }
})
