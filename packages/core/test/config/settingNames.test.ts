import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Config, Effect } from "effect"
import { config } from "../../src/config/ConnectorConfig.ts"
import { failWithAll, misspeltNames, namesOf } from "../../src/config/settingNames.ts"

const own = ["TRANSCODING_"]

const ofGithub = Object.fromEntries(
  ["ARCH", "DEBUG", "ENVIRONMENT", "NAME", "OS", "TEMP", "TOOL_CACHE", "TRACKING_ID", "WORKSPACE"].map((name) => [
    `RUNNER_${name}`,
    "x"
  ])
)

const found = (environment: Record<string, string>) =>
  Effect.map(namesOf(config), (known) => misspeltNames(environment, known, own).map(String))

describe("the names of settings", () => {
  it.effect("are those that the configuration reads, also lists, optional and required ones", () =>
    Effect.gen(function* () {
      const names = yield* namesOf(
        Config.all([
          Config.array(Config.string(), "LIST_OF"),
          Config.option(Config.integer("OPTIONAL_ONE")),
          Config.string("REQUIRED_ONE"),
          Config.withDefault(Config.duration("WITH_DEFAULT"), "1 second")
        ])
      )
      deepStrictEqual([...names], ["LIST_OF", "OPTIONAL_ONE", "REQUIRED_ONE", "WITH_DEFAULT"])
      assert.isAbove((yield* namesOf(config)).size, 40)
    })
  )

  it.effect("are found when they are misspelt, with the right one", () =>
    Effect.gen(function* () {
      const errors = yield* found({
        TRANSCODING_RESOLUTION_720P: "true",
        RUNNER_VOD_SILENSE: "1 minute",
        RUNNER_VOD_SILENCE: "1 minute",
        PATH: "/bin"
      })
      assert.lengthOf(errors, 2)
      assert.match(
        String(errors[0]),
        /TRANSCODING_RESOLUTION_720P.*no such setting. Did you mean TRANSCODING_RESOLUTIONS_720P\?/
      )
      assert.match(String(errors[1]), /RUNNER_VOD_SILENSE.*Did you mean RUNNER_VOD_SILENCE\?/)
    })
  )

  it.effect("are refused without a resemblance only where nobody else uses the prefix", () =>
    Effect.gen(function* () {
      const errors = yield* found({ TRANSCODING_SPEED: "fast", ...ofGithub })
      assert.lengthOf(errors, 1)
      assert.match(String(errors[0]), /TRANSCODING_SPEED.*there is no such setting/)
      assert.notMatch(String(errors[0]), /Did you mean/)
    })
  )

  it("are not confused with what Kubernetes sets for its services", () => {
    const known = new Set(["REDIS_URL", "REDIS_PREFIX"])
    const environment = {
      REDIS_PORT: "tcp://10.0.0.1:6379",
      REDIS_SERVICE_HOST: "10.0.0.1",
      REDIS_PORT_6379_TCP: "tcp://10.0.0.1:6379",
      REDIS_PORT_6379_TCP_ADDR: "10.0.0.1"
    }
    deepStrictEqual(misspeltNames(environment, known, ["REDIS_"]), [])
    assert.lengthOf(misspeltNames({ REDIS_ULR: "redis://redis" }, known, []), 1)
  })

  it.effect("are reported together", () =>
    Effect.gen(function* () {
      yield* failWithAll([])
      const errors = misspeltNames({ REDIS_ULR: "", REDIS_PREFFIX: "" }, new Set(["REDIS_URL", "REDIS_PREFIX"]), [])
      const error = String(yield* Effect.flip(failWithAll(errors)))
      assert.include(error, "REDIS_ULR")
      assert.include(error, "REDIS_PREFFIX")
    })
  )
})
