import { createServer } from "node:http"
import { type ConnectorOptions, createConnector, isConnectorError } from "../../src/index.ts"

interface Order {
  readonly options: ConnectorOptions
  readonly file: string
}

const { file, options }: Order = JSON.parse(process.argv[2] ?? "")

/** Uses everything that could keep a process alive, and never calls `process.exit`. */
const work = async () => {
  const connector = await createConnector({ ...options, on: { videoPlayable: () => undefined } })
  const server = createServer(connector.handler)
  connector.attach(server)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const events = connector.events()
  await connector.transcodeVideo({ file })
  for await (const event of events) {
    if (event.type === "video.completed") break
  }
  server.close()
  await connector.close()
  await connector.close()
}

try {
  await work()
  console.log("done")
} catch (error) {
  console.log(isConnectorError(error) ? error.code : error)
}
