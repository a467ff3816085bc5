import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { isPrivate } from "../../packages/webhooks/src/PrivateAddresses.ts"
import { api, assertProblem } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const source = { width: 320, height: 180, fps: 25, hasVideo: true, hasAudio: false }

const post = (client: ReturnType<typeof api>, path: string, body: object) =>
  client.send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

/** Spellings of hosts in URLs. */
const privateHosts = [
  ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "10.1.2.3", "172.31.0.1", "192.168.1.1"],
  ...["169.254.169.254", "100.64.0.1", "localhost", "LOCALHOST", "[::1]", "[::]", "[fe80::1]", "[fd00::1]"],
  ...["[::ffff:127.0.0.1]", "[64:ff9b::10.0.0.1]", "[2002:a00:1::]", "user:password@127.0.0.1"]
]

describe("private addresses", () => {
  it("are distinguished from public ones", () => {
    for (const address of [
      "127.8.8.8",
      "10.0.0.0",
      "::1",
      "fe80::1",
      "::ffff:10.0.0.1",
      "255.255.255.255",
      "ff02::1"
    ]) {
      assert.isTrue(isPrivate(address), address)
    }
    for (const address of [
      "8.8.8.8",
      "172.32.0.1",
      "192.169.0.1",
      "2606:4700::1111",
      "::ffff:8.8.8.8",
      "64:ff9b::8.8.8.8"
    ]) {
      assert.isFalse(isPrivate(address), address)
    }
  })

  it.scopedLive(
    "are refused for lives and captions",
    () =>
      Effect.gen(function* () {
        const options = { dataDir: join(yield* temporaryFolder, "data"), port: yield* freePort }
        const server = yield* ExampleServer.start({ ...options, env: { LOCAL_RUNNER: "off" } })
        const client = api(server.url)
        for (const host of privateHosts) {
          const answer = yield* post(client, "/lives", { rtmpUrl: `rtmp://${host}:1935/live/key`, source })
          assertProblem(answer, 400)
          assert.include(answer.text, "rtmpUrl: the host has a private, loopback or link-local address", host)
        }
        const unknown = yield* post(client, "/lives", { rtmpUrl: "rtmps://no-such-host.invalid/live/key", source })
        assertProblem(unknown, 400)
        assert.include(unknown.text, "rtmpUrl: the host cannot be resolved")
        assert.strictEqual((yield* client.videos).total, 0)
        // An IP address reserved for documentation: public and unreachable.
        const accepted = yield* post(client, "/lives", { rtmpUrl: "rtmp://203.0.113.7/live/key", source })
        assert.strictEqual(accepted.status, 200, accepted.text)

        const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
        const captions = (videoUrl: string) => post(client, `/videos/${uuid}/transcript`, { videoUrl })
        const refused = yield* captions("http://127.0.0.1:1/secret")
        assertProblem(refused, 400)
        assert.include(refused.text, "videoUrl: the host has a private")
        const before = (yield* client.videos).total
        for (const host of privateHosts) {
          const asked = { destination: "elsewhere/cat", videoUrl: `http://${host}/cat.mp4` }
          assertProblem(yield* post(client, "/videos/transcript", asked), 400)
        }
        assert.strictEqual((yield* client.videos).total, before)
        const own = yield* captions(`${server.url}/playback/${uuid}/master.m3u8`)
        assert.strictEqual(own.status, 200, own.text)
      }),
    300_000
  )
})
