// The minimum cost of receiving a file: node:http piped to the disk, and synced as often as the connector does.
import { closeSync, createWriteStream, fsync, openSync } from "node:fs"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { promisify } from "node:util"
import { sayReady } from "./children.ts"

const SYNC_EVERY = 32 * 1024 ** 2

const sync = promisify(fsync)

const receive = async (request: IncomingMessage, path: string): Promise<void> => {
  const file = openSync(path, "wx")
  let unsynced = 0
  let syncing = Promise.resolve()
  request.on("data", ({ length }: Buffer) => {
    unsynced += length
    if (unsynced < SYNC_EVERY) return
    unsynced = 0
    syncing = syncing.then(() => sync(file))
  })
  await pipeline(request, createWriteStream(path, { fd: file, autoClose: false }))
  await syncing
  await sync(file)
  closeSync(file)
}

const server = createServer(async (request, response) => {
  await receive(request, join(String(process.env.FOLDER), "baseline.bin"))
  response.writeHead(204).end()
})
server.listen(Number(process.env.PORT), "127.0.0.1", () => sayReady((server.address() as AddressInfo).port))
process.on("SIGTERM", () => process.exit(0))
