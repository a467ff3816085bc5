import { join } from "node:path"
import { Effect, Schema, type Scope } from "effect"
import { type CDPSession, type Page, chromium as playwright } from "playwright-core"
import { chromiumPath } from "../../../scripts/programs.mjs"
import { clickWith, untilTrue, type View } from "./view.ts"
import { temporaryFolder } from "./workspace.ts"

export type { View } from "./view.ts"

/** The path of this machine's Chromium. */
export const chromium: string | undefined = chromiumPath()

const flags = ["--disable-gpu", "--autoplay-policy=no-user-gesture-required"]

/** A page in a tab of Chromium. */
export interface Tab extends View {
  /** A command of the DevTools protocol. */
  readonly send: (method: string, params?: object) => Effect.Effect<unknown>
  /** The errors of the page so far, and violations of its policy. */
  readonly complaints: ReadonlyArray<string>
}

const Evaluated = Schema.Struct({
  result: Schema.Struct({ value: Schema.optional(Schema.Unknown) }),
  exceptionDetails: Schema.optional(Schema.Unknown)
})

const tabOf = (page: Page, session: CDPSession, complaints: ReadonlyArray<string>): Tab => {
  const command = (method: string, params?: object) =>
    Effect.promise((): Promise<unknown> => session.send(method as "Runtime.evaluate", params as never))
  // `page.evaluate` would need `eval`, which the policy of the console forbids.
  const evaluate = (expression: string) =>
    Effect.map(command("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }), (answer) => {
      const { exceptionDetails, result } = Schema.decodeUnknownSync(Evaluated)(answer)
      if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
      return result.value
    })
  return {
    evaluate,
    until: untilTrue(evaluate, complaints),
    send: command,
    click: clickWith(evaluate, ({ x, y }) => Effect.promise(() => page.mouse.click(x, y))),
    complaints
  }
}

/** Opens an address in a headless Chromium that ends with the scope. */
export const open = (
  program: string,
  url: string,
  more: ReadonlyArray<string> = []
): Effect.Effect<Tab, never, Scope.Scope> =>
  Effect.gen(function* () {
    const profile = join(yield* temporaryFolder, "profile")
    const options = { executablePath: program, args: [...flags, ...more], viewport: null }
    const context = yield* Effect.acquireRelease(
      Effect.promise(() => playwright.launchPersistentContext(profile, options)),
      (one) => Effect.promise(() => one.close())
    )
    const [page = yield* Effect.promise(() => context.newPage())] = context.pages()
    const complaints: Array<string> = []
    const session = yield* Effect.promise(() => context.newCDPSession(page))
    page.on("pageerror", (error) => void complaints.push(String(error)))
    session.on("Log.entryAdded", (entry) => void complaints.push(JSON.stringify(entry)))
    const tab = tabOf(page, session, complaints)
    // Scripts for new documents run only in sessions that have enabled the page.
    for (const domain of ["Log", "Page"]) yield* tab.send(`${domain}.enable`)
    yield* Effect.promise(() => page.goto(url))
    return tab
  })
