import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { createConnector } from "@runner-connector/node"

const port = Number(process.env.PORT ?? 3000)

const connector = await createConnector({
  publicUrl: process.env.PUBLIC_URL ?? `http://localhost:${port}`,
  localRunner: true,
  playback: { access: "open" },
  on: { videoPlayable: async (video) => console.log("Plays now:", video.fileName) }
})

const page = readFileSync("page.html")
const player = readFileSync("node_modules/hls.js/dist/hls.mjs")

const server = createServer((request, response) =>
  connector.handler(request, response, async () => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost")
    const send = (status, document) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document))
    if (request.method === "POST" && pathname === "/videos") {
      const video = await connector.transcodeVideo({ stream: request, fileName: searchParams.get("name") })
      return send(201, { id: video.id })
    }
    if (pathname === "/hls.mjs") return response.writeHead(200, { "content-type": "text/javascript" }).end(player)
    if (!pathname.startsWith("/videos/")) return response.writeHead(200, { "content-type": "text/html" }).end(page)
    const video = await connector.videos.get(pathname.replace("/videos/", ""))
    if (video === undefined) return send(404, {})
    const { master } = await connector.videos.urls(video.id)
    send(200, { state: video.state, playlist: video.playlistKey && master })
  })
)

connector.attach(server)
server.listen(port, () => console.log(`Open http://localhost:${port}`))
process.once("SIGTERM", () => server.close(() => connector.close()))
