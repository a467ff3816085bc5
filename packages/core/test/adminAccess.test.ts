import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { AdminAccess } from "@runner-connector/core"
import { Effect, Exit, Option, Redacted } from "effect"

const token = Redacted.make("a-long-secret")

const check = (bearer: Option.Option<string>) =>
  Effect.flatMap(AdminAccess.AdminAccess, (access) => Effect.exit(access.check(Option.map(bearer, Redacted.make))))

describe("AdminAccess", () => {
  it.effect("lets nobody in unless the application says so", () =>
    Effect.gen(function* () {
      for (const bearer of [Option.none(), Option.some("a-long-secret"), Option.some("")]) {
        deepStrictEqual(yield* check(bearer), Exit.fail(new AdminAccess.Forbidden()))
      }
    })
  )

  it.effect("admits holders of the token only", () =>
    Effect.gen(function* () {
      assert.isTrue(Exit.isSuccess(yield* check(Option.some("a-long-secret"))))
      for (const wrong of ["", "a-long-secre", "a-long-secrets", "A-long-secret", "a-long-secret "]) {
        deepStrictEqual(yield* check(Option.some(wrong)), Exit.fail(new AdminAccess.Unauthorized()))
      }
      deepStrictEqual(yield* check(Option.none()), Exit.fail(new AdminAccess.Unauthorized()))
    }).pipe(Effect.provide(AdminAccess.layerToken(token)))
  )

  it.effect("asks the application with what the request showed", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const access = AdminAccess.layer({
        check: (bearer) =>
          Effect.sync(() => void asked.push(Option.match(bearer, { onNone: () => "nothing", onSome: Redacted.value })))
      })
      yield* Effect.provide(Effect.zipRight(check(Option.none()), check(Option.some("theirs"))), access)
      deepStrictEqual(asked, ["nothing", "theirs"])
    })
  )
})
