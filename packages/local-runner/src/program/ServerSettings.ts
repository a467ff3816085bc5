import { FileSystem } from "@effect/platform"
import { Array as Arr, Effect, Option, Redacted } from "effect"
import { type Found, lookUp, type Source } from "./Source.ts"
import type { ServerKey, ServerTable, TomlFile } from "./tomlFile.ts"
import * as values from "./values.ts"

/** One server, as configured. */
export interface ServerSettings {
  readonly url: URL
  /** Absent when the runner has registered at an earlier start. */
  readonly registrationToken: Redacted.Redacted<string> | undefined
  readonly name: string | undefined
  readonly description: string | undefined
}

type Reading<A> = Effect.Effect<A, string, FileSystem.FileSystem>

/** The texts of one server, each with its name for messages. */
type Texts = Partial<Readonly<Record<ServerKey, { readonly text: string; readonly shown: string }>>>

const tokenOf = (texts: Texts): Reading<Redacted.Redacted<string> | undefined> =>
  Effect.gen(function* () {
    const { "registration-token": token, "registration-token-file": file } = texts
    if (token !== undefined) return Redacted.make(yield* values.named(token.shown, values.text(token.text)))
    if (file === undefined) return undefined
    const fs = yield* FileSystem.FileSystem
    const content = yield* Effect.mapError(
      fs.readFileString(file.text),
      () => `${file.shown}: ${file.text} cannot be read`
    )
    return Redacted.make(yield* values.named(`${file.shown}: ${file.text}`, values.text(content.trim())))
  })

const optional = (found: Texts[ServerKey], parse: values.Parse<string>) =>
  found === undefined ? Effect.succeed(undefined) : values.named(found.shown, parse(found.text))

const serverOf = (texts: Texts, place: string): Reading<ServerSettings> =>
  Effect.all(
    {
      url:
        texts.url === undefined
          ? Effect.fail(`${place}: expected a url`)
          : values.named(texts.url.shown, values.url(texts.url.text)),
      registrationToken: tokenOf(texts),
      name: optional(texts.name, values.runnerName),
      description: optional(texts.description, values.text)
    },
    { mode: "validate" }
  ).pipe(Effect.mapError((problems) => Arr.getSomes(Object.values(problems)).join("\n")))

const listed = (file: TomlFile, common: Texts): ReadonlyArray<Reading<ServerSettings>> =>
  file.servers.map((table: ServerTable, index) => {
    const place = file.nameOf(`servers[${index}]`)
    const own = Object.entries(table).map(([key, text]) => [key, { text, shown: `${place}: ${key}` }] as const)
    // A token in the environment may be for one server only, so a table with a token of its own does not get another.
    const hasToken = own.some(([key]) => key.startsWith("registration-token"))
    const { "registration-token": token, "registration-token-file": tokenFile, ...others } = common
    return serverOf({ ...others, ...(hasToken ? {} : pick({ token, tokenFile })), ...Object.fromEntries(own) }, place)
  })

const pick = ({
  token,
  tokenFile
}: {
  readonly token: Texts[ServerKey]
  readonly tokenFile: Texts[ServerKey]
}): Texts => ({
  ...(token === undefined ? {} : { "registration-token": token }),
  ...(tokenFile === undefined ? {} : { "registration-token-file": tokenFile })
})

const textAt = ({ shown, values }: Found, index: number) => {
  const text = values.length === 1 ? values[0] : values[index]
  return text === undefined ? undefined : { text, shown }
}

/** The texts for the server with this number. A single token is for all servers. */
const commonOf = (sources: ReadonlyArray<Source>, index: number): Texts => {
  const names = ["registration-token", "registration-token-file", "name", "description"] as const
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = lookUp(sources, name)
      const text = found && textAt(found, index)
      return text === undefined ? [] : [[name, text] as const]
    })
  )
}

const twice = (servers: ReadonlyArray<ServerSettings>): Option.Option<string> => {
  const all = servers.map(({ url }) => url.href)
  return Option.map(
    Arr.findFirst(all, (href, index) => all.indexOf(href) !== index),
    (href) => `${href}: expected each server once`
  )
}

/**
 * Reads the servers: those of `--url`, or else those of `[[servers]]`. Fails with all problems, one line each.
 */
export const readServers = (
  sources: ReadonlyArray<Source>,
  file: TomlFile | undefined
): Reading<Arr.NonEmptyReadonlyArray<ServerSettings>> =>
  Effect.gen(function* () {
    const urls = lookUp(sources, "url")
    const tokens = lookUp(sources, "registration-token")
    if (urls !== undefined && tokens !== undefined && ![1, urls.values.length].includes(tokens.values.length)) {
      return yield* Effect.fail(
        `${tokens.shown}: expected one for all servers, or one for each of the ${urls.values.length}`
      )
    }
    const reading =
      urls?.values.map((text, index) =>
        serverOf({ ...commonOf(sources, index), url: { text, shown: urls.shown } }, urls.shown)
      ) ?? (file === undefined ? [] : listed(file, commonOf(sources, 0)))
    const servers = yield* Effect.mapError(
      Effect.validateAll(reading, (one) => one),
      (problems) => problems.join("\n")
    )
    const [first, ...others] = servers
    if (first === undefined) return yield* Effect.fail("--url: expected the address of a server")
    const repeated = twice(servers)
    return Option.isSome(repeated) ? yield* Effect.fail(repeated.value) : [first, ...others]
  })
