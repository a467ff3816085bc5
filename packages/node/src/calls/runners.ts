import { Runners as CoreRunners, Ids } from "@runner-connector/core"
import { Effect } from "effect"
import type { RegistrationToken, Runner } from "../model.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { CallOptions, Engine } from "../runtime/Engine.ts"
import { type Page, type PageOptions, pageOf } from "./pages.ts"

/** The registered runners. */
export interface Runners {
  /** Newest first. */
  readonly list: (page?: PageOptions, options?: CallOptions) => Promise<Page<Runner>>
  /** Removes the runner and releases its jobs at once. False when there is none with this id. */
  readonly remove: (id: number, options?: CallOptions) => Promise<boolean>
}

/** The tokens with which programs register as runners. */
export interface RegistrationTokens {
  /** A new token, which any number of runners can use. Only this answer contains it. */
  readonly create: (options?: CallOptions) => Promise<CreatedRegistrationToken>
  /** Newest first, each with the number of its runners. */
  readonly list: (page?: PageOptions, options?: CallOptions) => Promise<Page<RegistrationToken>>
  /** Removes the token and the runners registered with it. False when there is none with this id. */
  readonly remove: (id: number, options?: CallOptions) => Promise<boolean>
}

/** A new registration token. */
export interface CreatedRegistrationToken {
  readonly id: number
  /** The secret, such as `ptrrt-…`. Pass it to `peertube-runner register --registration-token`. */
  readonly token: string
}

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
