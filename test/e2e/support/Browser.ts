import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { Effect, Schema, type Scope } from "effect"
import { descendants, end } from "./processes.ts"
import { clickWith, untilTrue, type View } from "./view.ts"
import { temporaryFolder } from "./workspace.ts"

export type { View } from "./view.ts"

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
const tabOf = (send: Send, sessionId: string, complaints: ReadonlyArray<string>): Tab => {
  const command = (method: string, params?: object) => Effect.promise(() => send(method, params, sessionId))
  const evaluate = (expression: string) =>
    Effect.map(command("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }), (answer) => {
      const { exceptionDetails, result } = Schema.decodeUnknownSync(Evaluated)(answer)
      if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
      return result.value
    })
  const point = (type: string, place: object) =>
    command("Input.dispatchMouseEvent", { type, ...place, button: "left", clickCount: 1 })
  return {
    evaluate,
    until: untilTrue(evaluate, complaints),
    send: command,
    click: clickWith(evaluate, (place) => Effect.zipRight(point("mousePressed", place), point("mouseReleased", place))),
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
