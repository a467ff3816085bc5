import { connect } from "node:net"
import { Effect, type Scope } from "effect"
import { freePort, temporaryFolder } from "../e2e/support/workspace.ts"
import { type Program, ServiceError, start, untilReady } from "./programs.ts"

/** A running Redis. */
export interface Redis {
  readonly port: number
  readonly url: string
  readonly program: Program
}

/** The answer to one command, as far as it arrives in one piece. */
export const redisCommand = (port: number, command: string): Effect.Effect<string, ServiceError> =>
  Effect.async<string, ServiceError>((resume) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`))
    socket.setEncoding("utf8")
    socket.once("data", (answer) => {
      socket.destroy()
      resume(Effect.succeed(String(answer)))
    })
    socket.once("error", ({ message }) => resume(Effect.fail(new ServiceError({ message }))))
    return Effect.sync(() => void socket.destroy())
  })

/** Fails unless the answer matches. */
export const redisAnswers = (port: number, command: string, expected: RegExp): Effect.Effect<void, ServiceError> =>
  Effect.filterOrFail(
    redisCommand(port, command),
    (answer) => expected.test(answer),
    (answer) => new ServiceError({ message: `${command}: ${answer}` })
  ).pipe(Effect.asVoid)

/** Starts a Redis that stores nothing on the disk. A new one may take the port of one that was killed. */
export const redis = (
  options: { readonly port?: number; readonly replicaOf?: number } = {}
): Effect.Effect<Redis, ServiceError, Scope.Scope> =>
  Effect.gen(function* () {
    const port = options.port ?? (yield* freePort)
    const folder = yield* temporaryFolder
    const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
    const replica = options.replicaOf === undefined ? [] : ["--replicaof", "127.0.0.1", String(options.replicaOf)]
    // A replica that must copy its master first would delay the tests by seconds.
    const program = yield* start("redis-server", [...place, "--repl-diskless-sync-delay", "0", ...replica])
    yield* untilReady(`Redis on port ${port}`, redisAnswers(port, "PING", /^\+PONG/), [program])
    return { port, url: `redis://127.0.0.1:${port}`, program }
  })
