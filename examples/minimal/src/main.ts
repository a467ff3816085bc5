import { createServer } from "node:http"
import { MemoryStores } from "@runner-connector/core"
import { createConnector } from "@runner-connector/node/effect"

const port = Number(process.env.PORT ?? 3000)

// Videos and jobs are in memory, so no database is needed. They are lost at the end; the files stay in `.data`.
const connector = await createConnector({
  publicUrl: process.env.PUBLIC_URL ?? `http://localhost:${port}`,
  layer: MemoryStores.layer,
  playback: { access: "open" }
})

const server = createServer((request, response) =>
  connector.handler(request, response, async () => {
    if (request.method === "POST") {
      const { id } = await connector.transcodeVideo({ stream: request })
      return response.writeHead(201).end(JSON.stringify({ id }))
    }
    const video = await connector.videos.get(request.url?.replace("/videos/", "") ?? "")
    const urls = video?.playlistKey && (await connector.videos.urls(video.id))
    response.end(JSON.stringify({ playlist: urls?.master }))
  })
)

connector.attach(server)
server.listen(port)
console.log("Register runners with the token", (await connector.registrationTokens.create()).token)

process.once("SIGTERM", () => server.close(() => connector.close()))
