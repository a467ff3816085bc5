import { Runners as CoreRunners, Ids } from "@runner-connector/core"
import { Effect } from "effect"
import type { RegistrationTokens, Runners } from "../api/Runners.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"
import { pageOf } from "./pages.ts"

const withoutHash = <T extends { readonly tokenHash: unknown }>({ tokenHash, ...rest }: T) => rest

export const runners = ({ run }: Engine): Runners => ({
  list: (page, options) =>
    run(
      Effect.gen(function* () {
        const { list } = yield* CoreRunners.Runners
        const { data, total } = yield* list(yield* pageOf(page))
        return { total, data: data.map((runner) => toPlain(withoutHash(runner))) }
      }),
      options
    ),
  remove: (id, options) =>
    run(
      Effect.flatMap(CoreRunners.Runners, ({ remove }) => remove(Ids.RunnerId.make(id, { disableValidation: true }))),
      options
    )
})

export const registrationTokens = ({ run }: Engine): RegistrationTokens => ({
  create: (options) =>
    run(
      Effect.gen(function* () {
        const { record, registrationToken } = yield* (yield* CoreRunners.Runners).createRegistrationToken
        return { id: record.id, token: toPlain(registrationToken) }
      }),
      options
    ),
  list: (page, options) =>
    run(
      Effect.gen(function* () {
        const { listRegistrationTokens } = yield* CoreRunners.Runners
        const { data, total } = yield* listRegistrationTokens(yield* pageOf(page))
        return { total, data: data.map((token) => toPlain(withoutHash(token))) }
      }),
      options
    ),
  remove: (id, options) =>
    run(
      Effect.flatMap(CoreRunners.Runners, ({ removeRegistrationToken }) =>
        removeRegistrationToken(Ids.RegistrationTokenId.make(id, { disableValidation: true }))
      ),
      options
    )
})
