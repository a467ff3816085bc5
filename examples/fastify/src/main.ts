import { createServer } from "node:http"
import { createConnector } from "@runner-connector/node"
import Fastify from "fastify"

const port = Number(process.env.PORT ?? 3000)

const connector = await createConnector({
  publicUrl: process.env.PUBLIC_URL ?? `http://localhost:${port}`,
  playback: { access: "open" },
  on: { videoPlayable: async (video) => console.log("Plays now:", video.id) }
})

const app = Fastify({
  // Requests of runners and players never reach Fastify, which would parse their bodies.
  serverFactory: (next) =>
    createServer((request, response) => connector.handler(request, response, () => next(request, response)))
})
connector.attach(app.server)
app.addContentTypeParser("*", (_request, payload, done) => done(null, payload))

app.post<{ Querystring: { name: string } }>("/videos", async (request, reply) => {
  const video = await connector.transcodeVideo({ stream: request.raw, fileName: request.query.name })
  return reply.code(201).send({ id: video.id })
})

app.get<{ Params: { id: string } }>("/videos/:id", async (request, reply) => {
  const video = await connector.videos.get(request.params.id)
  if (video === undefined) return reply.code(404).send()
  const { master } = await connector.videos.urls(video.id)
  return { state: video.state, playlist: video.playlistKey && master }
})

await app.listen({ port, host: "::" })
const { token } = await connector.registrationTokens.create()
console.log(`Listening on port ${port}. Register runners with the token ${token}`)

process.once("SIGTERM", () => app.close().then(connector.close))
