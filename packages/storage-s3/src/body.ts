import type { Readable } from "node:stream"
import { Effect, type Option } from "effect"

/** The next bytes of an answer. None at its end. Fails when the connection broke. */
export const nextBytes = (body: Readable): Effect.Effect<Option.Option<Uint8Array>, unknown> =>
  Effect.async((resume) => {
    const settle = (effect: Effect.Effect<Option.Option<Uint8Array>, unknown>) => {
      for (const [event, listener] of listeners) body.removeListener(event, listener)
      resume(effect)
    }
    const take = () => {
      const chunk: Uint8Array | null = body.read()
      if (chunk !== null) settle(Effect.succeedSome(chunk))
    }
    const fail = (error: unknown) => settle(Effect.fail(error))
    const close = () => (body.readableEnded ? settle(Effect.succeedNone) : fail(body.errored ?? new Error("closed")))
    const listeners: ReadonlyArray<readonly [string, (error?: unknown) => void]> = [
      ["readable", take],
      ["end", () => settle(Effect.succeedNone)],
      ["error", fail],
      ["close", close]
    ]
    for (const [event, listener] of listeners) body.on(event, listener)
    if (body.destroyed || body.readableEnded) close()
    else take()
    return Effect.sync(() => {
      for (const [event, listener] of listeners) body.removeListener(event, listener)
    })
  })

/** Closes the connection of an answer that is not read to its end. */
export const discard = (body: Readable): Effect.Effect<void> =>
  Effect.sync(() => {
    // An error after this has no listener otherwise, and would end the process.
    body.on("error", () => undefined)
    body.destroy()
  })

/** Reads a short answer to its end, so that its connection can be used again. */
export const drain = (body: Readable): Effect.Effect<void> =>
  Effect.sync(() => {
    body.on("error", () => undefined)
    body.resume()
  })
