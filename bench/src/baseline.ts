// The minimum cost of receiving a file: node:http piped to the disk.
import { createWriteStream } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { sayReady } from "./children.ts"

const file = join(String(process.env.FOLDER), "baseline.bin")
const server = createServer(async (request, response) => {
  await pipeline(request, createWriteStream(file))
  response.writeHead(204).end()
})
server.listen(Number(process.env.PORT), "127.0.0.1", () => sayReady((server.address() as AddressInfo).port))
process.on("SIGTERM", () => process.exit(0))
