import { randomUUID } from "node:crypto"
import type { Ids } from "@runner-connector/core"
import { Clock, Effect, Either, FiberSet, Schedule, type Scope } from "effect"
import type { Namespace } from "socket.io"
import type { Connections } from "../Connections.ts"
import { throttle } from "../throttle.ts"
import { decodeMessage, type Message, pingMessages, rosterMessages } from "./messages.ts"
import { Roster } from "./Roster.ts"

/** The event between servers. Clients cannot send it. */
const EVENT = "runner-connector"

/** Every process repeats the list of its runners this often. Others need it after a lost message. */
const ROSTER_INTERVAL = "2 seconds"

/** Minimum time between two lists after changes. Many runners reconnect at once after a restart. */
const CHANGE_INTERVAL = "100 millis"

/** The other processes of the installation. */
export interface Cluster {
  /** Their runners. Empty while no other process is known. */
  readonly roster: Roster
  /** Pings those of these runners that are connected to other processes. */
  readonly ping: (ids: ReadonlyArray<Ids.RunnerId>) => Effect.Effect<void>
  /** Ends the connections of a removed runner at other processes. */
  readonly remove: (id: Ids.RunnerId, options: { readonly ping: boolean }) => Effect.Effect<void>
}

/** A single process. */
export const alone: Cluster = { roster: new Roster(), ping: () => Effect.void, remove: () => Effect.void }

/** Sends a list of the connected runners after each change, and regularly. */
const announce = (send: (message: Message) => Effect.Effect<void>, connections: Connections, roster: Roster) =>
  Effect.gen(function* () {
    const server = randomUUID()
    yield* Effect.addFinalizer(() => send({ _tag: "Leave", server }))
    const changed = yield* throttle<void>(
      () => Effect.suspend(() => Effect.forEach(rosterMessages(server, connections.ids), send, { discard: true })),
      { interval: CHANGE_INTERVAL, merge: () => [undefined] }
    )
    const round = Effect.gen(function* () {
      roster.expire(yield* Clock.currentTimeMillis)
      yield* changed([undefined])
    })
    yield* Effect.forkScoped(Effect.repeat(round, Schedule.spaced(ROSTER_INTERVAL)))
    return changed([undefined])
  })

/** The connections of this process, and how the other processes act on them. */
export interface Members {
  readonly connections: Connections
  /** Pings those of these runners that are connected to this process. */
  readonly pingHere: (ids: ReadonlyArray<Ids.RunnerId>) => Effect.Effect<void>
}

/** Acts on a message of another process. */
const makeReceive =
  ({ connections, pingHere }: Members, roster: Roster, changed: Effect.Effect<void>) =>
  (message: Message): Effect.Effect<void> =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      switch (message._tag) {
        case "Roster":
          // A new process does not know this one yet.
          if (roster.update(message, now)) yield* changed
          return
        case "Leave":
          return roster.remove(message.server)
        case "Remove":
          return connections.disconnect(message.id, message)
        case "Ping":
          roster.note(message.ids, now)
          return yield* pingHere(message.ids.filter((id) => connections.has(id)))
      }
    })

/**
 * Connects the processes of a Socket.IO adapter. Every process knows the runners of all others, so that the process that
 * creates a job chooses the runners to ping for the whole installation.
 */
export const makeCluster = (namespace: Namespace, members: Members): Effect.Effect<Cluster, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { connections } = members
    const roster = new Roster()
    const runFork = yield* FiberSet.makeRuntime()
    const send = (message: Message) =>
      Effect.catchAll(
        Effect.try(() => void namespace.serverSideEmit(EVENT, message)),
        (error) => Effect.logDebug("A message to the other server processes was not sent", error)
      )
    const changed = yield* announce(send, connections, roster)
    connections.watch(() => void runFork(changed))

    const receive = makeReceive(members, roster, changed)
    namespace.on(EVENT, (received: unknown) => {
      const message = decodeMessage(received)
      if (Either.isRight(message)) runFork(receive(message.right))
    })

    const ping: Cluster["ping"] = (ids) =>
      Effect.gen(function* () {
        const elsewhere = roster.ids
        if (!ids.some((id) => elsewhere.has(id))) return
        roster.note(ids, yield* Clock.currentTimeMillis)
        yield* Effect.forEach(pingMessages(ids), send, { discard: true })
      })
    return { roster, ping, remove: (id, { ping }) => send({ _tag: "Remove", id, ping }) }
  })
