import { type Connector, createConnector } from "@runner-connector/node"

const port = process.env.PORT ?? 3000

const start = async (): Promise<Connector> => {
  const connector = await createConnector({
    publicUrl: process.env.PUBLIC_URL ?? `http://localhost:${port}`,
    playback: { access: "open" },
    on: { videoPlayable: async (video) => console.log("Plays now:", video.id) }
  })
  const { token } = await connector.registrationTokens.create()
  console.log(`Register runners with the token ${token}`)
  process.once("SIGTERM", () => void connector.close())
  return connector
}

const shared = globalThis as { connector?: Promise<Connector> }

/** The one connector of the process. Next.js loads this module several times. */
export const connector = (): Promise<Connector> => {
  shared.connector ??= start()
  return shared.connector
}
