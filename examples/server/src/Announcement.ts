import { type Persistence, Runners } from "@runner-connector/core"
import { Console, Effect, Layer, Option, Redacted } from "effect"
import { AdminAccess } from "./AdminAccess.ts"
import { Settings } from "./Settings.ts"
import * as Worker from "./workers/Worker.ts"

const CREATE_TOKEN = "npm run --silent cli -- registration-token create"

/** Creates a registration token at the first start. Operators create later ones by command. */
const registrationLines = Effect.gen(function* () {
  const runners = yield* Runners.Runners
  const { total } = yield* runners.listRegistrationTokens({ start: 0, count: 1 })
  if (total > 0) return [`To register a runner, make a token: ${CREATE_TOKEN}`]
  const { registrationToken } = yield* runners.createRegistrationToken()
  return [
    `Registration token for runners (shown only now): ${Redacted.value(registrationToken)}`,
    `Later ones are made by: ${CREATE_TOKEN}`
  ]
})

const adminLines = Effect.map(AdminAccess, ({ fresh }) =>
  Option.match(fresh, {
    onNone: () => [],
    onSome: (token) => [`Administration token (kept in the data folder): ${Redacted.value(token)}`]
  })
)

/** Prints the server's address and the next steps when it listens. One of several workers does so. */
export const layer: Layer.Layer<never, Persistence.PersistenceError, Runners.Runners | AdminAccess | Settings> =
  Layer.effectDiscard(
    Effect.gen(function* () {
      if (!Worker.announces) return
      const { publicUrl } = yield* Settings
      const lines = [...(yield* registrationLines), ...(yield* adminLines)]
      yield* Console.log(["", `Open ${publicUrl.origin}/ and drop a video.`, ...lines, ""].join("\n"))
    })
  )
