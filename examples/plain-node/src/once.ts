// Hands in one video, waits for its callback, reads its playlist, and ends by itself. Needs no other program.
import { once } from "node:events"
import { createServer } from "node:http"
import { createConnector, type Video } from "@runner-connector/node"

const port = Number(process.env.PORT ?? 3000)

let finish: (video: Video) => void
const finished = new Promise<Video>((resolve) => {
  finish = resolve
})

const connector = await createConnector({
  publicUrl: `http://localhost:${port}`,
  localRunner: true,
  playback: { access: "open" },
  on: { transcodingEnded: async (video) => finish(video) }
})

const server = createServer(connector.handler)
connector.attach(server)
await once(server.listen(port), "listening")

const { id } = await connector.transcodeVideo({ file: process.argv[2] ?? "video.mp4" })
const video = await finished
const { master } = await connector.videos.urls(id)
const playlist = await (await fetch(master)).text()
console.log(video.state, playlist)

server.close()
server.closeAllConnections()
await connector.close()
