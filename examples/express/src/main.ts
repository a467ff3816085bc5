import { randomUUID } from "node:crypto"
import { createConnector } from "@runner-connector/node"
import express from "express"

const port = Number(process.env.PORT ?? 3000)
const adminToken = process.env.ADMIN_TOKEN ?? randomUUID()

const connector = await createConnector({
  publicUrl: process.env.PUBLIC_URL ?? `http://localhost:${port}`,
  adminToken,
  api: { path: "/admin/videos-api" },
  uploads: {},
  playback: { access: "open" },
  on: { videoPlayable: async (video) => console.log("Plays now:", video.id) }
})
const videosConsole = await connector.console({ path: "/admin/videos-console" })
const app = express()
// Before body parsers, because it reads the bodies of runners by itself.
app.use(connector.handler)
app.use(videosConsole.handler)

app.post("/videos", async (request, response) => {
  const video = await connector.transcodeVideo({ stream: request, fileName: String(request.query.name) })
  response.status(201).json({ id: video.id })
})

app.get("/videos/:id", async (request, response) => {
  const video = await connector.videos.get(request.params.id)
  if (video === undefined) return void response.sendStatus(404)
  const { master } = await connector.videos.urls(video.id)
  response.json({ state: video.state, playlist: video.playlistKey && master })
})

const server = app.listen(port)
connector.attach(server)
const { token } = await connector.registrationTokens.create()
console.log(`Port ${port}. Register runners with ${token}, open /admin/videos-console with ${adminToken}`)

process.once("SIGTERM", () => server.close(() => connector.close()))
