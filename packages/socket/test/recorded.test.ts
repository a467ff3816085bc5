import { assert, it } from "@effect/vitest"
import { availableJobs, eventually } from "@runner-connector/contracts"
import { Effect } from "effect"
import type { Server } from "socket.io"
import { Host, notifierOn } from "./support/hosts.ts"
import { dial, frame, framesOf } from "./support/rawSocket.ts"
import { registered } from "./support/runners.ts"

// Recorded handshakes of two versions of the PeerTube runner, byte by byte except for the port.
const RECORDED = [
  {
    version: "0.0.21",
    token: "ptrt-7292cede-a8ad-4cb7-ac11-ac4f4055fe40",
    key: "7nTTuySi4f+HaDbRUJs6Bg=="
  },
  {
    version: "0.4.0",
    token: "ptrt-b7f0a2bf-4ca5-4c98-a3d2-3920f8df8ea4",
    key: "AlsSz1O92P09jstQtdxPZg=="
  }
] as const

const upgrade = (port: number, key: string) =>
  [
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    `Host: 127.0.0.1:${port}`,
    "",
    ""
  ].join("\r\n")

/** Short enough for a test. The default is 25 seconds. */
const fastHeartbeat = (io: Server) => {
  io.engine.opts.pingInterval = 50
}

for (const { key, token, version } of RECORDED) {
  it.scoped(`answers the recorded handshake of runner ${version}`, () =>
    Effect.gen(function* () {
      const { port } = yield* Host
      yield* registered(token)
      const raw = yield* dial(port)
      const frames = Effect.map(raw.received, framesOf)
      yield* raw.send(upgrade(port, key))
      const [open] = yield* eventually(frames, (seen) => seen.length >= 1)
      assert.match((yield* raw.received).toString("latin1"), /^HTTP\/1\.1 101 Switching Protocols\r\n/)
      assert.match(
        String(open),
        /^0\{"sid":"[\w-]+","upgrades":\[\],"pingInterval":50,"pingTimeout":20000,"maxPayload":\d+\}$/
      )
      yield* raw.send(frame(`40/runners,{"runnerToken":"${token}"}`))
      yield* eventually(frames, (seen) => seen.some((text) => /^40\/runners,\{"sid":"[\w-]+"\}$/.test(text)))
      yield* eventually(frames, (seen) => seen.includes("2"))
      yield* raw.send(frame("3"))
      yield* eventually(frames, (seen) => seen.filter((text) => text === "2").length >= 2)
      yield* availableJobs
      yield* eventually(frames, (seen) => seen.includes('42/runners,["available-jobs"]'))
    }).pipe(Effect.provide(notifierOn({ configure: fastHeartbeat })))
  )
}
