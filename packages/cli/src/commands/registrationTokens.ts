import { Args, Command } from "@effect/cli"
import { Ids, Runners } from "@runner-connector/core"
import { Console, Effect, Redacted } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { listOptions, moment, printList } from "../output.ts"
import { Refusal } from "../Refusal.ts"

const create = Command.make("create", {}, () =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const { registrationToken } = yield* runners.createRegistrationToken()
    yield* Console.log(Redacted.value(registrationToken))
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
        created: moment(token.createdAt)
      })
    })
  )
).pipe(Command.withDescription("Lists the tokens, by their last characters"))

const remove = Command.make("delete", { id: Args.integer({ name: "id" }) }, ({ id }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const removed = yield* runners.removeRegistrationToken(Ids.RegistrationTokenId.make(id))
    if (!removed) return yield* new Refusal({ message: `There is no registration token ${id}.` })
  })
).pipe(Command.withDescription("Removes a token and every runner registered with it"))

export const registrationTokenCommand: CommandOf<"registration-token", Runners.Runners> = Command.make(
  "registration-token"
).pipe(Command.withDescription("Tokens with which runners register"), Command.withSubcommands([create, list, remove]))
