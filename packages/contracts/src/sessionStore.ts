import { layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { SessionStore } from "@runner-connector/core"
import { DateTime, Effect, type Layer } from "effect"
import type { StoreCases, Stores } from "./stores.ts"

const inHours = (hours: number) => Effect.map(DateTime.now, (now) => DateTime.add(now, { hours }))

const cases: StoreCases = (it) => {
  it.effect("ends single sessions, also twice", () =>
    Effect.gen(function* () {
      const { isRevoked, revoke } = yield* SessionStore.SessionStore
      const [ended, other] = [crypto.randomUUID(), crypto.randomUUID()]
      deepStrictEqual(yield* isRevoked(ended), false)
      const expiresAt = yield* inHours(1)
      yield* Effect.all([revoke(ended, expiresAt), revoke(ended, expiresAt)], { concurrency: "unbounded" })
      deepStrictEqual([yield* isRevoked(ended), yield* isRevoked(other)], [true, false])
    })
  )

  it.effect("removes records of expired sessions only", () =>
    Effect.gen(function* () {
      const { isRevoked, revoke } = yield* SessionStore.SessionStore
      const [expired, ended] = [crypto.randomUUID(), crypto.randomUUID()]
      yield* revoke(ended, yield* inHours(1))
      yield* revoke(expired, yield* inHours(-1))
      yield* revoke(crypto.randomUUID(), yield* inHours(1))
      deepStrictEqual([yield* isRevoked(expired), yield* isRevoked(ended)], [false, true])
    })
  )
}

/** Contract of every SessionStore. */
export const sessionStoreContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`SessionStore: ${name}`, cases)
