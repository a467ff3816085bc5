import { Args, Command, Options } from "@effect/cli"
import { Ids, RunnerSettings, Runners } from "@runner-connector/core"
import { DateTime, Effect, Option, Redacted, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, listOptions, moment, printChange, printList, printResult } from "../output.ts"
import { Refusal, refusedInput } from "../Refusal.ts"
import { labels } from "./given.ts"

const limits = {
  labels: labels("A label of its runners"),
  expires: Options.text("expires").pipe(
    Options.optional,
    Options.withDescription("When no runner can register any more, such as 2027-01-31T18:00:00Z. Default: never")
  ),
  maxUses: Options.integer("max-uses").pipe(
    Options.optional,
    Options.withDescription("How many runners can register. Default: any number")
  )
}

const create = Command.make("create", { ...limits, json }, ({ expires, json, labels, maxUses }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const given = { labels, expiresAt: Option.getOrNull(expires), maxUses: Option.getOrNull(maxUses) }
    const request = yield* Effect.mapError(
      Schema.decodeUnknown(RunnerSettings.TokenRequest, { errors: "all" })(given),
      refusedInput
    )
    const now = yield* DateTime.now
    if (Option.exists(request.expiresAt, DateTime.lessThanOrEqualTo(now))) {
      return yield* new Refusal({ message: "--expires is in the past." })
    }
    const { record, registrationToken } = yield* runners.createRegistrationToken(request)
    const token = Redacted.value(registrationToken)
    yield* printResult(json, { id: record.id, registrationToken: token }, token)
  })
).pipe(Command.withDescription("Makes a token and prints it, this once: only its hash is kept"))

const list = Command.make("list", listOptions, (options) =>
  Effect.flatMap(Runners.Runners, (runners) =>
    printList({
      ...{ options, none: "There is no registration token. Make one with: registration-token create" },
      list: (page) => runners.listRegistrationTokens(page),
      row: (token) => ({
        id: token.id,
        token: `ptrrt-…${token.hint}`,
        runners: token.runners,
        uses: token.uses,
        "max uses": Option.getOrNull(token.maxUses),
        expires: Option.getOrNull(Option.map(token.expiresAt, moment)),
        labels: token.labels.join(",") || null,
        created: moment(token.createdAt)
      })
    })
  )
).pipe(Command.withDescription("Lists the tokens, by their last characters"))

const remove = Command.make("delete", { id: Args.integer({ name: "id" }), json }, ({ id, json }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const removed = yield* runners.removeRegistrationToken(Ids.RegistrationTokenId.make(id))
    if (!removed) return yield* new Refusal({ message: `There is no registration token ${id}.` })
    yield* printChange(json, { id })
  })
).pipe(Command.withDescription("Removes a token and every runner registered with it"))

export const registrationTokenCommand: CommandOf<"registration-token", Runners.Runners> = Command.make(
  "registration-token"
).pipe(Command.withDescription("Tokens with which runners register"), Command.withSubcommands([create, list, remove]))
