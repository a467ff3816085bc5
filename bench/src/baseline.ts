// The minimum cost of receiving a file: node:http piped to the disk, and synced as often as the connector does.
import { open } from "node:fs/promises"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { sayReady } from "./children.ts"

const SYNC_EVERY = 64 * 1024 ** 2

const path = join(String(process.env.FOLDER), "baseline.bin")

const receive = async (request: IncomingMessage): Promise<void> => {
  const file = await open(path, "w")
  let unsynced = 0
  let syncing = Promise.resolve()
  request.on("data", ({ length }: Buffer) => {
    unsynced += length
    if (unsynced < SYNC_EVERY) return
    unsynced = 0
    syncing = syncing.then(() => file.sync())
  })
  await pipeline(request, file.createWriteStream({ autoClose: false }))
  await syncing
  await file.sync()
  await file.close()
}

const server = createServer(async (request, response) => {
  await receive(request)
  response.writeHead(204).end()
})
server.listen(Number(process.env.PORT), "127.0.0.1", () => sayReady((server.address() as AddressInfo).port))
process.on("SIGTERM", () => process.exit(0))
