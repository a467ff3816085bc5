import { FileKey, FileStorage, Persistence } from "@runner-connector/core"
import { Context, Effect, Layer, Stream } from "effect"

/** Makes stores and storage fail. Their error contains a word that no answer may expose. */
export class Outage extends Context.Tag("@runner-connector/contracts/Outage")<Outage, { isOn: boolean }>() {
  static readonly layer: Layer.Layer<Outage> = Layer.sync(Outage, () => ({ isOn: false }))
}

export const innerDetail = "the innermost detail"

/** Runs the effect while all stores and the storage fail. */
export const during = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Outage> =>
  Effect.flatMap(Outage, (outage) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        outage.isOn = true
      }),
      () => effect,
      () =>
        Effect.sync(() => {
          outage.isOn = false
        })
    )
  )

const failure = (port: string, operation: string) => {
  const cause = new Error(innerDetail)
  return port === "FileStorage"
    ? new FileStorage.FileStorageError({ operation: "read", key: FileKey.FileKey.make("any"), cause })
    : new Persistence.PersistenceError({ operation, cause })
}

const guard = (port: string, call: string, outage: { readonly isOn: boolean }, member: unknown): unknown => {
  if (Effect.isEffect(member)) {
    return Effect.suspend((): Effect.Effect<unknown, unknown> => {
      return outage.isOn ? Effect.fail(failure(port, call)) : (member as Effect.Effect<unknown>)
    })
  }
  if (isStream(member)) return Stream.suspend(() => (outage.isOn ? Stream.fail(failure(port, call)) : member))
  if (typeof member === "function") return (...args: Array<unknown>) => guard(port, call, outage, member(...args))
  if (typeof member !== "object" || member === null) return member
  return Object.fromEntries(
    Object.entries(member).map(([name, value]) => [name, guard(port, `${call}.${name}`, outage, value)])
  )
}

const isStream = (value: unknown): value is Stream.Stream<unknown> =>
  typeof value === "object" && value !== null && Stream.StreamTypeId in value

/** Wraps the port so that every operation fails during an outage. */
export const brittle = <Id, Port extends object>(
  tag: Context.Tag<Id, Port>,
  name: string
): Layer.Layer<Id, never, Id | Outage> =>
  Layer.effect(
    tag,
    Effect.map(Effect.all([tag, Outage]), ([port, outage]) => guard(name, name, outage, port) as Port)
  )
