import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { faultProxy } from "../services/faultProxy.ts"
import { sharedRadosgw } from "../services/sharedRadosgw.ts"
import { newBucket } from "./support/s3.ts"
import { filesBelow, temporaryFolder } from "./support/workspace.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command to its end, or kills it when it says so. */
const cli = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>, signal?: AbortSignal) =>
  Effect.async<Ended>((resume) => {
    const child = spawn(process.execPath, ["scripts/run.mjs", "cli", "storage", "copy", ...args], {
      cwd: root,
      env: { PATH: String(process.env.PATH), HOME: String(process.env.HOME), ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    signal?.addEventListener("abort", () => child.kill("SIGKILL"))
    const text = { stdout: "", stderr: "" }
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (piece: string) => {
        text[name] += piece
      })
    }
    child.once("close", (code) => resume(Effect.succeed({ code, ...text })))
  })

const sizes = [0, 1, 70_000, 9 * 1024 ** 2]
const names = ["uploads/one/été 1.mp4", "videos/one/master.m3u8", "videos/one/a-fragmented.mp4", "videos/two/b.mp4"]

const makeFiles = (folder: string) =>
  Effect.promise(async () => {
    for (const [index, name] of names.entries()) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), Buffer.alloc(sizes[index] ?? 0, index + 1))
    }
    // The storage's own folder for unfinished files.
    await mkdir(join(folder, ".tmp"), { recursive: true })
    await writeFile(join(folder, ".tmp", "half"), "half")
  })

const hashesBelow = (folder: string) =>
  Effect.gen(function* () {
    const files = (yield* filesBelow(folder)).filter(([name]) => !name.startsWith(".tmp"))
    const hashed = yield* Effect.forEach(files, ([name]) =>
      Effect.promise(async () => [
        name,
        createHash("sha256")
          .update(await readFile(join(folder, name)))
          .digest("hex")
      ])
    )
    return Object.fromEntries(hashed)
  })

it.scopedLive(
  "copies a folder to a bucket and back, and continues after it was killed",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const proxy = yield* faultProxy(sharedRadosgw().endpoint)
      const { env: all, keys } = yield* newBucket(proxy.url)
      const { S3_BUCKET: bucket, ...service } = all
      const env = { ...service, DATA_DIR: join(folder, "data") }
      const [original, restored] = [join(folder, "original"), join(folder, "restored")]
      yield* makeFiles(original)
      const there = ["--from", `folder:${original}`, "--to", `s3:${bucket}/some/media`]

      const killing = new AbortController()
      proxy.set(({ url }) => {
        if (!url?.includes("b.mp4")) return undefined
        killing.abort()
        return { _tag: "Silence" }
      })
      assert.strictEqual((yield* cli(there, env, killing.signal)).code, null)
      proxy.set(() => undefined)
      const second = yield* cli(there, env)
      assert.strictEqual(second.code, 0, second.stderr)
      assert.match(second.stdout, /^[1-4] copied \(\d+\.\d MiB\), [0-3] copied before, 0 failed\n$/)
      deepStrictEqual(
        (yield* keys).map((key) => key.replace("some/media/", "")),
        [...names].sort()
      )

      const third = yield* cli(there, env)
      assert.strictEqual(third.stdout, "0 copied (0.0 MiB), 4 copied before, 0 failed\n", third.stderr)

      const back = yield* cli(["--from", `s3:${bucket}/some/media`, "--to", `folder:${restored}`], env)
      assert.strictEqual(back.stdout, "4 copied (9.1 MiB), 0 copied before, 0 failed\n", back.stderr)
      deepStrictEqual(yield* hashesBelow(restored), yield* hashesBelow(original))
    }),
  300_000
)

it.scopedLive(
  "reports a copy that differs from its source, and ends with an error",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const proxy = yield* faultProxy(sharedRadosgw().endpoint)
      const { env: all } = yield* newBucket(proxy.url)
      const { S3_BUCKET: bucket, ...service } = all
      const original = join(folder, "original")
      yield* makeFiles(original)
      proxy.set(({ method, url }) =>
        method === "GET" && url?.includes("a-fragmented.mp4")
          ? {
              _tag: "Replace",
              answer: (_request, response) =>
                response
                  .writeHead(206, { "content-length": 70_000, "content-range": "bytes 0-69999/70000", etag: '"x"' })
                  .end(Buffer.alloc(70_000, 9))
            }
          : undefined
      )
      const args = ["--from", `folder:${original}`, "--to", `s3:${bucket}`]
      const { code, stderr, stdout } = yield* cli(args, { ...service, DATA_DIR: join(folder, "data") })
      assert.strictEqual(code, 1)
      assert.match(stderr, /a-fragmented\.mp4: The copy of .* differs from its source\./)
      assert.match(stderr, /1 files were not copied\. Run the command again\./)
      assert.match(stdout, /^3 copied .*, 1 failed$/m)
    }),
  300_000
)

it.scopedLive(
  "refuses storages that it does not know",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const env = { DATA_DIR: join(folder, "data") }
      const unknown = yield* cli(["--from", "ftp://x", "--to", `folder:${folder}/a`], env)
      assert.match(unknown.stderr, /ftp:\/\/x: expected folder:PATH, or s3:BUCKET with or without \/PREFIX\./)
      const missing = yield* cli(["--from", `folder:${folder}/missing`, "--to", `folder:${folder}/a`], env)
      assert.match(missing.stderr, /There is no folder .*missing\./)
    }),
  300_000
)
