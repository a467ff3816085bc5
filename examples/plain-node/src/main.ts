import { createServer, type ServerResponse } from "node:http"
import { createConnector } from "@runner-connector/node"

const port = Number(process.env.PORT ?? 3000)

const connector = await createConnector({
  publicUrl: process.env.PUBLIC_URL ?? `http://localhost:${port}`,
  playback: { access: "open" },
  on: { videoPlayable: async (video) => console.log("Plays now:", video.id) }
})

const send = (response: ServerResponse, status: number, document: object) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document))

const server = createServer((request, response) =>
  connector.handler(request, response, async () => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost")
    if (request.method === "POST" && pathname === "/videos") {
      const video = await connector.transcodeVideo({ stream: request, fileName: String(searchParams.get("name")) })
      return send(response, 201, { id: video.id })
    }
    const video = await connector.videos.get(pathname.replace("/videos/", ""))
    if (video === undefined) return send(response, 404, {})
    const { master } = await connector.videos.urls(video.id)
    send(response, 200, { state: video.state, playlist: video.playlistKey && master })
  })
)

connector.attach(server)
server.listen(port)
const { token } = await connector.registrationTokens.create()
console.log(`Listening on port ${port}. Register runners with the token ${token}`)

process.once("SIGTERM", () => server.close(() => connector.close()))
