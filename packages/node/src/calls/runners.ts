import { Runners as CoreRunners, Ids, RunnerSettings } from "@runner-connector/core"
import { Effect, Option } from "effect"
import type { RegistrationTokens, Runners } from "../api/Runners.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"
import { decoded } from "./decoded.ts"
import { pageOf } from "./pages.ts"

const withoutHash = <T extends { readonly tokenHash: unknown }>({ tokenHash, ...rest }: T) => rest

const runnerId = (id: number): Ids.RunnerId => Ids.RunnerId.make(id, { disableValidation: true })

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
  update: (id, settings, options) =>
    run(
      Effect.gen(function* () {
        const { update } = yield* CoreRunners.Runners
        const changed = yield* update(runnerId(id), yield* decoded(RunnerSettings.RunnerSettings, settings))
        return Option.getOrUndefined(Option.map(changed, (runner) => toPlain(withoutHash(runner))))
      }),
      options
    ),
  remove: (id, options) =>
    run(
      Effect.flatMap(CoreRunners.Runners, ({ remove }) => remove(runnerId(id))),
      options
    )
})

/** The limits with the moment as text, which the schema checks. */
const tokenRequest = ({ expiresAt, ...limits }: NonNullable<Parameters<RegistrationTokens["create"]>[0]>) => ({
  ...limits,
  expiresAt: expiresAt instanceof Date && !Number.isNaN(expiresAt.getTime()) ? expiresAt.toISOString() : expiresAt
})

export const registrationTokens = ({ run }: Engine): RegistrationTokens => ({
  create: (limits = {}, options) =>
    run(
      Effect.gen(function* () {
        const { createRegistrationToken } = yield* CoreRunners.Runners
        const request = yield* decoded(RunnerSettings.TokenRequest, tokenRequest(limits))
        const { record, registrationToken } = yield* createRegistrationToken(request)
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
