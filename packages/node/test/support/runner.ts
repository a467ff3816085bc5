import { io } from "socket.io-client"
import { onTestFinished } from "vitest"
import type { Connector } from "../../src/index.ts"

const registered = async (connector: Connector): Promise<string> => {
  const { token: registrationToken } = await connector.registrationTokens.create()
  const answer = await connector.fetch(
    new Request("http://media.example/api/v1/runners/register", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ registrationToken, name: crypto.randomUUID(), version: "0.4.0" })
    })
  )
  return ((await answer.json()) as { runnerToken: string }).runnerToken
}

/** A registered runner that is connected to the server, and its first ping. */
export const aConnectedRunner = async (connector: Connector, origin: string): Promise<{ pinged: Promise<void> }> => {
  const auth = { runnerToken: await registered(connector) }
  const socket = io(`${origin}/runners`, { transports: ["websocket"], auth, forceNew: true })
  onTestFinished(() => void socket.disconnect())
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve)
    socket.once("connect_error", reject)
  })
  return { pinged: new Promise((resolve) => socket.once("available-jobs", () => resolve())) }
}
