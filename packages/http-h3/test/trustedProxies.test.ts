import { assert, describe, it, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { RunnerStore } from "@runner-connector/core"
import { Effect, Either, Layer, Option } from "effect"
import { TrustedProxies } from "../src/index.ts"
import { aServer, fetchFrom, Listening } from "./support/server.ts"

const { aRegistrationToken } = Wire.Arrange
const { R } = Wire.Client

const parsed = (text: string) => Either.getOrThrow(TrustedProxies.parse(text))
const clientOf = (setting: string, peer: string, header: string | null) =>
  TrustedProxies.clientOf(peer, header, parsed(setting))

const client = "203.0.113.7"
const forged = "198.51.100.66"

/** The setting, the peer, the header, and the address of the client. */
const chains: ReadonlyArray<readonly [string, string, string | null, string]> = [
  ["0", "10.0.0.1", client, "10.0.0.1"],
  ["1", "10.0.0.1", null, "10.0.0.1"],
  ["1", "10.0.0.1", client, client],
  ["1", "10.0.0.1", `${forged}, ${client}`, client],
  ["1", "10.0.0.1", `${forged},10.0.0.9 ,${client}`, client],
  ["2", "10.0.0.1", `${forged}, ${client}, 10.0.0.2`, client],
  ["2", "10.0.0.1", client, client],
  ["3", "10.0.0.1", `${forged}, ${client}, 10.0.0.3, 10.0.0.2`, client],
  ["10.0.0.0/8", "10.0.0.1", `${forged}, ${client}`, client],
  ["10.0.0.0/8", "10.0.0.1", `${forged}, ${client}, 10.0.0.3, 10.0.0.2`, client],
  ["10.0.0.0/8", "10.0.0.1", "10.0.0.4, 10.0.0.3", "10.0.0.4"],
  ["10.0.0.0/8", client, forged, client],
  ["10.0.0.0/8", client, `${forged}, 10.0.0.1`, client],
  ["10.0.0.1", "10.0.0.2", client, "10.0.0.2"],
  ["10.0.0.0/8, fd00::/8", "fd12::1", `2001:db8::7, 10.0.0.1`, "2001:db8::7"],
  ["::1,10.0.0.0/8", "::ffff:10.0.0.1", client, client],
  ["127.0.0.1", "127.0.0.1", `::ffff:${client}`, client],
  ["1", "10.0.0.1", `${client}:40123`, client],
  ["1", "10.0.0.1", "[2001:db8::7]:40123", "2001:db8::7"],
  ["1", "10.0.0.1", "fe80::7%eth0", "fe80::7"],
  ["1", "10.0.0.1", "unknown", "10.0.0.1"],
  ["1", "10.0.0.1", `${client}, _hidden`, "10.0.0.1"],
  ["2", "10.0.0.1", `${client}, <script>, 10.0.0.2`, "10.0.0.2"],
  ["1", "10.0.0.1", "", "10.0.0.1"],
  ["1", "10.0.0.1", ",,", "10.0.0.1"]
]

describe("the client behind proxies", () => {
  for (const [setting, peer, header, expected] of chains) {
    it(`is ${expected} for ${peer} with "${header ?? ""}", trusting ${setting}`, () =>
      assert.strictEqual(clientOf(setting, peer, header), expected))
  }

  for (const text of [
    "on",
    "-1",
    "101",
    "10.0.0.0/33",
    "10.0.0.0/x",
    "10.0.0",
    "fd00::/129",
    "a.example",
    "10.0.0.1,"
  ]) {
    it(`cannot be found with the setting "${text}"`, () =>
      assert.match(
        Either.getOrThrow(Either.flip(TrustedProxies.parse(text))),
        /^expected the number of proxies, such as 1, or/
      ))
  }
})

const behind = (setting: string) =>
  Wire.reachedBy(Effect.map(Listening, ({ port }) => fetchFrom(port))).pipe(
    Layer.provideMerge(
      Layer.scoped(Listening, aServer({ trustedProxies: parsed(setting), maxConnectionsPerAddress: 1 }))
    ),
    Layer.provideMerge(Wire.World.layer({ rateLimit: 3 }))
  )

const register = (forwardedFor: string, registrationToken: string, name: string) =>
  Effect.flatMap(Listening, ({ port }) =>
    Effect.promise(() =>
      fetch(`http://127.0.0.1:${port}${R}/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": forwardedFor },
        body: JSON.stringify({ name, registrationToken })
      })
    )
  )

layer(behind("127.0.0.0/8"), { excludeTestServices: true })("a server behind a proxy", (it) => {
  it.effect("limits clients one by one, however many addresses they make up, and stores their address", () =>
    Effect.gen(function* () {
      const guess = (n: number) => register(`192.0.2.${n}, ${client}`, "ptrrt-wrong", `guess ${n}`)
      const statuses = yield* Effect.forEach([1, 2, 3, 4, 5], (n) => Effect.map(guess(n), ({ status }) => status))
      deepStrictEqual(statuses, [404, 404, 404, 429, 429])
      const token = yield* aRegistrationToken
      const answer = yield* register("203.0.113.8", token, "another client")
      assert.strictEqual(answer.status, 200)
      const runners = yield* (yield* RunnerStore.RunnerStore).list({
        start: 0,
        count: 1,
        sort: { by: "createdAt", descending: true }
      })
      deepStrictEqual(
        runners.data.map(({ ip }) => ip),
        [Option.some("203.0.113.8")]
      )
    })
  )

  it.effect("does not limit the connections of the proxy", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.forEach(
        [1, 2, 3, 4],
        (n) => register(`192.0.2.${n}`, "ptrrt-wrong", `guess ${n}`),
        { concurrency: "unbounded" }
      )
      deepStrictEqual(
        answers.map(({ status }) => status),
        [404, 404, 404, 404]
      )
    })
  )
})
