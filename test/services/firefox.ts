import { Effect, type Scope } from "effect"
import puppeteer, { type ElementHandle, type KeyInput } from "puppeteer-core"
import { programPath } from "../../scripts/programs.mjs"
import { environment } from "../../scripts/services.mjs"
import { clickWith, untilTrue, type View } from "../e2e/support/view.ts"
import { temporaryFolder } from "../e2e/support/workspace.ts"
import { ServiceError } from "./programs.ts"

/** A page in Firefox. */
export interface Page extends View {
  readonly press: (key: KeyInput) => Effect.Effect<void>
  /** Chooses files in a field, as a user does in the browser's dialog. */
  readonly choose: (selector: string, files: ReadonlyArray<string>) => Effect.Effect<void>
}

const extraPrefsFirefox = { "media.autoplay.default": 0, "media.autoplay.blocking_policy": 0 }

const pathOf = (program: string) =>
  Effect.suspend(() => {
    const path = programPath(program, environment)
    return path === undefined ? new ServiceError({ message: `There is no ${program}.` }) : Effect.succeed(path)
  })

const launch = Effect.gen(function* () {
  const executablePath = yield* pathOf("firefox-esr")
  const env = {
    ...environment,
    HOME: yield* temporaryFolder,
    // Its sandbox would hide the decoder, which may be below the folder of this project.
    MOZ_DISABLE_RDD_SANDBOX: "1",
    MOZ_DISABLE_CONTENT_SANDBOX: "1"
  }
  const begin = Effect.tryPromise({
    try: () => puppeteer.launch({ browser: "firefox", executablePath, headless: true, env, extraPrefsFirefox }),
    catch: (cause) => new ServiceError({ message: `Firefox does not start: ${String(cause)}` })
  })
  return yield* Effect.acquireRelease(begin, (browser) => Effect.promise(() => browser.close()))
})

/** Opens an address in a headless Firefox, driven over WebDriver BiDi. It ends with the scope. */
export const openFirefox = (url: string): Effect.Effect<Page, ServiceError, Scope.Scope> =>
  Effect.gen(function* () {
    const browser = yield* launch
    const page = yield* Effect.promise(() => browser.newPage())
    yield* Effect.promise(() => page.goto(url, { waitUntil: "load" }))
    const evaluate = (expression: string) => Effect.promise((): Promise<unknown> => page.evaluate(expression))
    return {
      evaluate,
      until: untilTrue(evaluate),
      click: clickWith(evaluate, ({ x, y }) => Effect.promise(() => page.mouse.click(x, y))),
      press: (key) => Effect.promise(() => page.keyboard.press(key)),
      choose: (selector, files) =>
        Effect.promise(async () => {
          const field = (await page.$(selector)) as ElementHandle<HTMLInputElement> | null
          await field?.uploadFile(...files)
        })
    }
  })
