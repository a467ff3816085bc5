import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Exit, Scope } from "effect"
import { onTestFinished } from "vitest"
import { copyDatabase } from "../../../../test/fixtures/cluster.ts"
import { type Connector, type ConnectorOptions, createConnector } from "../../src/index.ts"

/** The path of a small media file. */
export const media = (name: string): string =>
  fileURLToPath(new URL(`../../../contracts/media/${name}`, import.meta.url))

/** A resource of Effect until the end of the test. */
export const scoped = async <A, E>(resource: Effect.Effect<A, E, Scope.Scope>): Promise<A> => {
  const scope = Effect.runSync(Scope.make())
  onTestFinished(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return Effect.runPromise(Scope.extend(resource, scope))
}

/** A folder that is removed after the test. */
export const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "runner-connector-node-"))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder whose embedded database exists already, which saves a second. */
export const aDataFolder = async (): Promise<string> => {
  const folder = await aFolder()
  await Effect.runPromise(copyDatabase(join(folder, "postgres")))
  return folder
}

/** A server that listens on a free port of this machine until the end of the test. */
export const aServer = async (listener?: RequestListener): Promise<{ server: Server; origin: string }> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A connector on a database of its own, which is closed after the test. */
export const aConnector = async (options: Partial<ConnectorOptions> = {}): Promise<Connector> => {
  const connector = await createConnector({
    publicUrl: "http://media.example",
    dataDir: options.dataDir ?? (await aDataFolder()),
    ...options
  })
  onTestFinished(() => connector.close())
  return connector
}

/** A promise with its functions. */
export const deferred = <A>() => {
  let resolve: (value: A) => void = () => undefined
  const promise = new Promise<A>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
