import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { describe } from "vitest"
import { api } from "./support/Api.ts"
import { runCli } from "./support/cli.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

describe("the commands of an operator", () => {
  it.scopedLive(
    "list, filter, explain and check",
    () =>
      Effect.gen(function* () {
        const dataDir = join(yield* temporaryFolder, "data")
        const port = yield* freePort
        const server = yield* ExampleServer.start({ dataDir, port, env: { LOCAL_RUNNER: "off" } })
        const { uuid } = yield* api(server.url).upload(fixture("moov-last.mp4"))
        const command = (...words: ReadonlyArray<string>) => runCli({ DATA_DIR: dataDir, PORT: String(port) }, words)

        const plain = yield* command("job", "list", "--state", "Pending")
        assert.match(plain.out, /^UUID +TYPE +STATE .*\n[0-9a-f-]{36} +vod-hls-transcoding +Pending /)
        assert.notInclude(plain.out, "\u001b")
        const cut = yield* command("events", "list", "--limit", "1")
        assert.lengthOf(cut.out.trim().split("\n"), 2)
        assert.include(cut.err, "There are more than 1 rows. Use --limit or --all to see more.")

        const all = yield* command("job", "list", "--all", "--json", "--video", uuid)
        const jobs: ReadonlyArray<Readonly<Record<string, unknown>>> = JSON.parse(all.out)
        assert.isNotEmpty(jobs)
        for (const job of jobs) deepStrictEqual([job.state, job.video, job.progress], ["Pending", uuid, null])
        const none = yield* command("video", "list", "--state", "Published", "--json")
        deepStrictEqual([none.code, JSON.parse(none.out)], [0, []])

        const why = yield* command("why", uuid)
        assert.include(why.out, "waits for a runner that supports vod-hls-transcoding")
        const unknown = yield* command("why", crypto.randomUUID())
        deepStrictEqual([unknown.code, unknown.out], [1, ""])
        assert.match(unknown.err, /There is neither a job nor a video /)

        const doctor = yield* command("doctor", "--json")
        assert.strictEqual(doctor.code, 0, doctor.err)
        const found: ReadonlyArray<Readonly<Record<string, string>>> = JSON.parse(doctor.out)
        deepStrictEqual(
          found.map(({ check }) => check),
          ["database", "schema", "clock", "storage", "ffmpeg", "disk", "PUBLIC_URL", "WebSocket"]
        )
        deepStrictEqual(
          found.filter(({ outcome }) => outcome === "failed"),
          []
        )
        yield* server.stop()
        const alone = yield* command("doctor")
        assert.strictEqual(alone.code, 1)
        assert.match(alone.out, /^failed +PUBLIC_URL +.*ECONNREFUSED.*\. Start the server, or correct PUBLIC_URL/m)
        for (const line of alone.out.trim().split("\n")) assert.match(line, /^(?:ok|warning|failed) +\S+ +\S.*\.$/)
      }),
    300_000
  )
})
