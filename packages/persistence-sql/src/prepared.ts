import { createHash } from "node:crypto"
import { SqlClient } from "@effect/sql"
import type { Connection } from "@effect/sql/SqlConnection"
import type { SqlError } from "@effect/sql/SqlError"
import { make as makeStatement, type Statement } from "@effect/sql/Statement"
import { PgClient } from "@effect/sql-pg"
import { ifTraced } from "@runner-connector/core"
import { Cause, Context, Effect, type Fiber, Option, Runtime, RuntimeFlags } from "effect"
import { isPreparationLost } from "./persist.ts"

/**
 * Whether each connection prepares a statement once and runs it by its name from then on. True by default. Provide false
 * for connections through a pooler that gives each transaction another connection and knows no prepared statements, such
 * as PgBouncer before 1.21. A client that loses a prepared statement prepares none from then on.
 */
export class PreparedStatements extends Context.Reference<PreparedStatements>()(
  "@runner-connector/persistence-sql/PreparedStatements",
  { defaultValue: (): boolean => true }
) {}

/** The most names of this process. Each connection keeps the statements that it has run. */
const MAX_NAMES = 100

const names = new Map<string, string>()

/** The same text has the same name in every copy of this module, because connections may be shared. */
const nameOf = (text: string): string | undefined => {
  const known = names.get(text)
  if (known !== undefined || names.size >= MAX_NAMES) return known
  const name = `rc_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`
  names.set(text, name)
  return name
}

const named = (text: string): string => {
  const name = nameOf(text)
  // The client passes this on to `pg`, which accepts a text with a name in place of a text.
  return name === undefined ? text : ({ name, text } as unknown as string)
}

/**
 * The fiber of a statement. It needs nothing of the caller's fiber, whose references would cost more to copy than all else.
 * Effect's metrics leave it out: each fiber would update five of them.
 */
const runAlone = Runtime.runFork(Runtime.disableRuntimeFlag(Runtime.defaultRuntime, RuntimeFlags.RuntimeMetrics))

/** Returns at once when it is interrupted, and runs on: see `persist`. */
const runningOn = <A, E>(statement: () => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.withFiberRuntime((_, { runtimeFlags }) =>
    RuntimeFlags.interruption(runtimeFlags)
      ? Effect.async<A, E>((resume) => void runAlone(statement()).addObserver(resume))
      : statement()
  )

/** How the statements of a connection are sent. */
interface Sending {
  /** A text, or one with a name. */
  readonly asSent: (text: string) => string
  readonly watched: <A>(statement: Effect.Effect<A, SqlError>) => Effect.Effect<A, SqlError>
}

const asTheyAre: Sending = { asSent: (text) => text, watched: (statement) => statement }

/** Names statements until one of them is lost. */
const makeNaming = (): Sending => {
  let isDeclined = false
  const decline = Effect.suspend(() => {
    if (isDeclined) return Effect.void
    isDeclined = true
    return Effect.logWarning("A prepared statement was lost, so statements are not prepared any more")
  })
  const failing = (cause: Cause.Cause<SqlError>) => {
    const failed = Effect.failCause(cause)
    return Option.exists(Cause.failureOption(cause), isPreparationLost) ? Effect.zipRight(decline, failed) : failed
  }
  return {
    asSent: (text) => (isDeclined ? text : named(text)),
    watched: (statement) => Effect.catchAllCause(statement, failing)
  }
}

/** Connections that send statements in this way. The pool is one connection, so few are made. */
const makeConnections = ({ asSent, watched }: Sending) => {
  const known = new WeakMap<Connection, Connection>()
  const make = (one: Connection): Connection => ({
    execute: (text, parameters, transform) =>
      watched(runningOn(() => one.execute(asSent(text), parameters, transform))),
    executeRaw: (text, parameters) => watched(runningOn(() => one.executeRaw(asSent(text), parameters))),
    executeValues: (text, parameters) => runningOn(() => one.executeValues(text, parameters)),
    executeStream: (text, parameters, transform) => one.executeStream(text, parameters, transform),
    executeUnprepared: (text, parameters, transform) =>
      runningOn(() => one.executeUnprepared(text, parameters, transform))
  })
  return (one: Connection): Connection => {
    const sending = known.get(one) ?? make(one)
    known.set(one, sending)
    return sending
  }
}

const clients = new WeakMap<PgClient.PgClient, Hot>()

/** The parts of a client that its types do not show: each statement knows how to find its connection. */
interface Parts {
  readonly acquirer: Connection.Acquirer
  readonly spanAttributes: ReadonlyArray<readonly [string, unknown]>
}

/** The connection of the transaction around the fiber. */
const transactionOf = ({ currentContext }: Fiber.RuntimeFiber<unknown, unknown>): Connection | undefined =>
  Option.getOrUndefined(Context.getOption(currentContext, SqlClient.TransactionConnection))?.[0]

/**
 * Sends statements without a span while no tracer reads it, and without the steps by which each would find its connection.
 * They run on the pool or in the transaction of the caller.
 */
const withoutSpans = (client: PgClient.PgClient, { acquirer, spanAttributes }: Parts, sending: Sending) => {
  const connectionOf = makeConnections(sending)
  // Outside of transactions it is the pool, which is there at once.
  const pool = Effect.runSync(Effect.scoped(acquirer))
  const statements = makeStatement(
    Effect.map(acquirer, connectionOf),
    PgClient.makeCompiler(),
    spanAttributes,
    undefined
  )
  const send = (traced: () => ReturnType<Committed["commit"]>, compile: Committed["compile"]) =>
    ifTraced(traced, (fiber) => {
      const [text, values] = compile()
      return connectionOf(transactionOf(fiber) ?? pool).execute(text, values, undefined)
    })
  const withSpan = (statements`` as Committed).commit
  const commit = function (this: Committed) {
    return send(
      () => withSpan.call(this),
      () => this.compile()
    )
  }
  const light = (text: TemplateStringsArray, ...values: ReadonlyArray<unknown>) =>
    Object.assign(statements(text, ...values), { commit })
  /** An effect alone: it is made for each call, and nobody reads its text. */
  const unsafe = (text: string, values: ReadonlyArray<unknown> = []) =>
    send(
      () => statements.unsafe<object>(text, values),
      () => [text, values]
    )
  return Object.assign(light, client, { ...statements, unsafe }) as unknown as PgClient.PgClient
}

/** A statement runs by a method that its type does not show. */
type Committed = Statement<object> & {
  readonly commit: (this: Committed) => Effect.Effect<ReadonlyArray<object>, SqlError>
}

const makeHot = (client: PgClient.PgClient): Hot => {
  const parts = client`` as Statement<object> & Parts
  return { plain: withoutSpans(client, parts, asTheyAre), prepared: withoutSpans(client, parts, makeNaming()) }
}

/**
 * Clients on the connections and transactions of another one, for the calls that runners make all the time. Their statements run
 * on when the caller is interrupted.
 */
interface Hot {
  readonly plain: PgClient.PgClient
  /** Its statements are prepared. */
  readonly prepared: PgClient.PgClient
}

const hotOf = (client: PgClient.PgClient): Hot => {
  const known = clients.get(client) ?? makeHot(client)
  clients.set(client, known)
  return known
}

/** The client for lists, which need a plan for their values and for the present size of the tables. */
export const plainClient: Effect.Effect<PgClient.PgClient, never, PgClient.PgClient> = Effect.map(
  PgClient.PgClient,
  (client) => hotOf(client.withoutTransforms()).plain
)

/**
 * The client for claims, and for look-ups and writes by a unique key. One plan fits all their values. Their texts must not depend
 * on values: each text is prepared on each connection.
 */
export const preparedClient: Effect.Effect<PgClient.PgClient, never, PgClient.PgClient> = Effect.gen(function* () {
  const { plain, prepared } = hotOf((yield* PgClient.PgClient).withoutTransforms())
  return (yield* PreparedStatements) ? prepared : plain
})
