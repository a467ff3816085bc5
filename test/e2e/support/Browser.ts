import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { Effect, Schema, type Scope } from "effect"
import { descendants, end } from "./processes.ts"
import { until } from "./waiting.ts"
import { temporaryFolder } from "./workspace.ts"

const programs = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]

/** The command of this machine's Chromium. */
export const chromium: string | undefined = programs.find(
  (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0
)

const flags = [
  ...["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu"],
  // Works without a desktop and without a home folder.
  ...["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio"],
  ...["--autoplay-policy=no-user-gesture-required", "--disable-extensions", "--disable-background-networking"]
]

const Message = Schema.parseJson(
  Schema.Struct({
    id: Schema.optional(Schema.Int),
    method: Schema.optional(Schema.String),
    params: Schema.optional(Schema.Unknown),
    result: Schema.optional(Schema.Unknown),
    error: Schema.optional(Schema.Struct({ message: Schema.String }))
  })
)

type Send = (method: string, params?: object, sessionId?: string) => Promise<unknown>

/** The DevTools protocol on two pipes: JSON messages that end with a zero byte. Reports errors of the page. */
const talk = (child: ChildProcess, complain: (method: string, params: unknown) => void): Send => {
  const [, , , write, read] = child.stdio as unknown as ReadonlyArray<Writable & Readable>
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let last = 0
  let rest = ""
  const hear = (text: string) => {
    const { error, id, method, params, result } = Schema.decodeUnknownSync(Message)(text)
    if (method !== undefined) complain(method, params)
    const call = waiting.get(id ?? -1)
    waiting.delete(id ?? -1)
    if (error === undefined) call?.resolve(result)
    else call?.reject(new Error(error.message))
  }
  read?.setEncoding("utf8").on("data", (chunk: string) => {
    const texts = (rest + chunk).split("\0")
    rest = texts.pop() ?? ""
    for (const text of texts) hear(text)
  })
  child.once("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("The browser has ended"))
  })
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      write?.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`)
    })
}

/** A page in any browser. */
export interface View {
  /** Evaluates an expression in the page and awaits its promise. The result must be JSON. */
  readonly evaluate: (expression: string) => Effect.Effect<unknown>
  /** Waits until the expression is true. */
  readonly until: (expression: string, seconds?: number) => Effect.Effect<void>
  /** Clicks the middle of an element. */
  readonly click: (selector: string) => Effect.Effect<void>
}

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
const Place = Schema.Struct({ x: Schema.Number, y: Schema.Number })

/**
 * The middle of the first such element once it rests. The page may replace it by another one meanwhile. `clickMissed` says
 * afterwards whether no click has reached such an element.
 */
const middleOf = (selector: string) => `(async () => {
  const find = () => document.querySelector(${JSON.stringify(selector)})
  const place = () => {
    const element = find()
    if (element === null) return {}
    element.scrollIntoView({ block: "center" })
    const { x, y, width, height } = element.getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 }
  }
  const notice = (event) => (window.clickMissed = !event.composedPath().includes(find()))
  window.clickMissed = !find()?.disabled
  window.addEventListener("click", notice, { capture: true, once: true })
  for (let last = place(), looks = 0; ; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    const now = place()
    if ((now.x !== undefined && now.x === last.x && now.y === last.y) || looks === 2000) return now
    last = now
  }
})()`

const tabOf = (send: Send, sessionId: string, complaints: ReadonlyArray<string>): Tab => {
  const command = (method: string, params?: object) => Effect.promise(() => send(method, params, sessionId))
  const evaluate = (expression: string) =>
    Effect.map(command("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }), (answer) => {
      const { exceptionDetails, result } = Schema.decodeUnknownSync(Evaluated)(answer)
      if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
      return result.value
    })
  // The page may open another document during the query, or may not have an element of the expression yet.
  const holds = (expression: string) =>
    evaluate(expression).pipe(
      Effect.map((value) => ({ value, complaints })),
      Effect.catchAllDefect((error) => Effect.succeed({ value: String(error), complaints }))
    )
  const point = (type: string, place: object) =>
    command("Input.dispatchMouseEvent", { type, ...place, button: "left", clickCount: 1 })
  return {
    evaluate,
    until: (expression, seconds) =>
      Effect.asVoid(until(`${expression} in the page`, holds(expression), ({ value }) => value === true, seconds)),
    send: command,
    click: (selector) =>
      Effect.gen(function* () {
        const place = Schema.decodeUnknownSync(Place)(yield* evaluate(middleOf(selector)))
        yield* point("mousePressed", place)
        yield* point("mouseReleased", place)
        // A click that opens another page may end this one first.
        return yield* Effect.catchAllCause(evaluate("window.clickMissed"), () => Effect.succeed(false))
      }).pipe(
        // What loads above the element may move it between the press and the release.
        Effect.repeat({ while: (missed) => missed === true, times: 10 }),
        Effect.asVoid
      ),
    complaints
  }
}

const Target = Schema.Struct({ targetId: Schema.String })
const Session = Schema.Struct({ sessionId: Schema.String })

/** Kills the browser with all its processes. */
const endAll = (child: ChildProcess) =>
  Effect.promise(
    () =>
      new Promise<void>((resolve) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once("close", () => resolve())
        for (const pid of [child.pid, ...descendants(child.pid)]) end(pid)
      })
  )

/** Opens an address in a headless Chromium that ends with the scope. */
export const open = (
  program: string,
  url: string,
  more: ReadonlyArray<string> = []
): Effect.Effect<Tab, never, Scope.Scope> =>
  Effect.gen(function* () {
    const profile = join(yield* temporaryFolder, "profile")
    const complaints: Array<string> = []
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(program, [...flags, ...more, `--user-data-dir=${profile}`, "about:blank"], {
          stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]
        })
      ),
      endAll
    )
    const send = talk(child, (method, params) => {
      if (/^(?:Runtime\.exceptionThrown|Log\.entryAdded)$/.test(method)) complaints.push(JSON.stringify(params))
    })
    const { targetId } = Schema.decodeUnknownSync(Target)(
      yield* Effect.promise(() => send("Target.createTarget", { url: "about:blank" }))
    )
    const { sessionId } = Schema.decodeUnknownSync(Session)(
      yield* Effect.promise(() => send("Target.attachToTarget", { targetId, flatten: true }))
    )
    const tab = tabOf(send, sessionId, complaints)
    for (const domain of ["Runtime", "Log", "Page"]) yield* tab.send(`${domain}.enable`)
    yield* tab.send("Page.navigate", { url })
    yield* tab.until(`document.readyState === "complete"`)
    return tab
  })
