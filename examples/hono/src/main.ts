import type { Server } from "node:http"
import { serve } from "@hono/node-server"
import { createConnector } from "@runner-connector/node"
import { Hono } from "hono"

const port = Number(process.env.PORT ?? 3000)

const connector = await createConnector({
  publicUrl: process.env.PUBLIC_URL ?? `http://localhost:${port}`,
  playback: { access: "open" },
  on: { videoPlayable: async (video) => console.log("Plays now:", video.id) }
})

const app = new Hono()
app.all("/api/v1/runners/*", (context) => connector.fetch(context.req.raw))
app.all("/playback/*", (context) => connector.serve(context.req.raw))

app.post("/videos", async (context) => {
  const stream = context.req.raw.body
  if (stream === null) return context.body(null, 400)
  const { id } = await connector.transcodeVideo({ stream, fileName: context.req.query("name") })
  return context.json({ id }, 201)
})

app.get("/videos/:id", async (context) => {
  const video = await connector.videos.get(context.req.param("id"))
  if (video === undefined) return context.body(null, 404)
  const { master } = await connector.videos.urls(video.id)
  return context.json({ state: video.state, playlist: video.playlistKey && master })
})

const server = serve({ fetch: app.fetch, port }) as Server
connector.attach(server)
const { token } = await connector.registrationTokens.create()
console.log(`Listening on port ${port}. Register runners with the token ${token}`)

process.once("SIGTERM", () => server.close(() => connector.close()))
