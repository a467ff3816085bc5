import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it, layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage, MediaFacts, MediaProbe } from "@runner-connector/core"
import { Duration, Effect, type Layer } from "effect"
import { fixturePath } from "../media/corpus.ts"
import { hostileFiles } from "./hostile.ts"
import { jpegSize } from "./jpegSize.ts"
import { bytesFile, type MadeUpFile, serveRanges } from "./rangeServer.ts"

/** Limits that a test sets. The adapter's defaults apply otherwise. */
export interface RemoteProbeLimits {
  readonly probeTimeout?: Duration.DurationInput
  readonly frameTimeout?: Duration.DurationInput
}

const path = (path: string) => FileStorage.MediaSource.Path({ path })
const url = (url: URL) => FileStorage.MediaSource.Url({ url })

const GAP = 200 * 1024 * 1024

/** A valid file with 200 MiB of padding between its media data and its index. */
const largeFile = (): MadeUpFile => {
  const bytes = readFileSync(fixturePath("moov-last.mp4"))
  const index = bytes.indexOf("moov") - 4
  const head = Buffer.concat([bytes.subarray(0, index), Buffer.alloc(8)])
  head.writeUInt32BE(GAP, index)
  head.write("free", index + 4, "latin1")
  const tail = index + GAP
  return {
    size: bytes.length + GAP,
    read: (start, end) => {
      const piece = Buffer.alloc(end - start)
      if (start < head.length) head.copy(piece, 0, start, Math.min(end, head.length))
      if (end > tail)
        bytes.copy(piece, Math.max(0, tail - start), index + Math.max(0, start - tail), index + end - tail)
      return piece
    }
  }
}

/** A folder with the hostile files, removed when the scope closes. */
const hostileFolder = (address: URL) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = mkdtempSync(join(tmpdir(), "runner-connector-hostile-"))
      for (const [name, content] of hostileFiles(address.href)) writeFileSync(join(folder, name), content)
      return folder
    }),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )

const limit = { probeTimeout: "8 seconds", frameTimeout: "8 seconds" } as const

const givesUpOnSilence = Effect.gen(function* () {
  const server = yield* serveRanges({ "/silent.mp4": "silence" })
  const { frame, probe } = yield* MediaProbe.MediaProbe
  const silent = url(server.url("/silent.mp4"))
  const [first, second, good] = yield* Effect.all(
    [Effect.flip(probe(silent)), Effect.flip(frame(silent, Duration.zero)), probe(path(fixturePath("faststart.mp4")))],
    { concurrency: "unbounded" }
  ).pipe(Effect.timeout("2 minutes"))
  deepStrictEqual([first._tag, second._tag], ["ProbeError", "ProbeError"])
  assert.isTrue(MediaFacts.summarize(good).hasVideo)
})

const givesUpInTheMiddle = Effect.gen(function* () {
  const server = yield* serveRanges({ "/falls-silent.mp4": { fallsSilent: largeFile() } })
  const { probe } = yield* MediaProbe.MediaProbe
  const failure = yield* Effect.flip(probe(url(server.url("/falls-silent.mp4")))).pipe(Effect.timeout("2 minutes"))
  assert.strictEqual(failure._tag, "ProbeError")
  assert.isAbove(server.asked.length, 2)
})

const refuses = (name: string, look: Effect.Effect<unknown, MediaProbe.UnreadableMedia | MediaProbe.ProbeError>) =>
  Effect.map(Effect.flip(look), ({ _tag }) => assert.strictEqual(_tag, "UnreadableMedia", name))

const atOnce = { concurrency: "unbounded", discard: true } as const

/** Additional contract of every MediaProbe that reads real files and URLs. */
export const remoteMediaProbeContract = <E>(
  name: string,
  layerWith: (limits: RemoteProbeLimits) => Layer.Layer<MediaProbe.MediaProbe, E>
): void => {
  it.scopedLive(
    `MediaProbe, remote: ${name} gives up on a server that is silent or falls silent, others' calls go on`,
    () =>
      // Each with its own probe, because the tests measure waiting times.
      Effect.all(
        [
          Effect.provide(givesUpOnSilence, layerWith(limit)),
          Effect.provide(givesUpInTheMiddle, layerWith({ probeTimeout: limit.probeTimeout }))
        ],
        atOnce
      )
  )

  withLayer(layerWith({}), { timeout: "5 minutes", excludeTestServices: true })(`MediaProbe, remote: ${name}`, (it) => {
    it.scoped("reads a small part of a large file", () =>
      Effect.gen(function* () {
        const server = yield* serveRanges({ "/large.mp4": largeFile() })
        const { frame, probe } = yield* MediaProbe.MediaProbe
        const report = yield* probe(url(server.url("/large.mp4")))
        assert.isTrue(MediaFacts.summarize(report).hasVideo)
        deepStrictEqual(jpegSize(yield* frame(url(server.url("/large.mp4")), Duration.seconds(1))), [320, 180])
        assert.isBelow(server.sent(), GAP / 4)
      })
    )

    it.effect("returns the last frame when there is none at the given time", () =>
      Effect.gen(function* () {
        const { frame } = yield* MediaProbe.MediaProbe
        // One picture at the start and one at two seconds.
        const slow = path(fixturePath("slow.mp4"))
        const at = (moment: Duration.DurationInput) => frame(slow, Duration.decode(moment))
        const [first, last, later] = yield* Effect.all([at(0), at("2 seconds"), at("1 hour")])
        deepStrictEqual(later, last)
        assert.notDeepEqual(later, first)
      })
    )

    it.scoped("does not report a server failure as an unreadable file", () =>
      Effect.gen(function* () {
        const server = yield* serveRanges({
          "/forbidden.mp4": { status: 403 },
          "/broken.mp4": { status: 503 },
          "/breaks-off.mp4": { breaksOff: largeFile() }
        })
        const { probe } = yield* MediaProbe.MediaProbe
        const look = (name: string) =>
          Effect.map(Effect.flip(probe(url(server.url(`${name}?signature=secret`)))), (failure) => {
            assert.strictEqual(failure._tag, "ProbeError", name)
            assert.notInclude(JSON.stringify(failure), "secret")
          })
        yield* Effect.forEach(["/forbidden.mp4", "/broken.mp4", "/breaks-off.mp4", "/nothing.mp4"], look, atOnce)
      })
    )

    it.scoped("opens no file or URL that a file refers to", () =>
      Effect.gen(function* () {
        const secret = bytesFile(readFileSync(fixturePath("broadcast.ts")))
        const server = yield* serveRanges({ "/internal.ts": secret })
        const folder = yield* hostileFolder(server.url("/internal.ts"))
        const { frame, probe } = yield* MediaProbe.MediaProbe
        const looks = hostileFiles("").flatMap(([name]) => {
          const source = path(join(folder, name))
          return [refuses(name, probe(source)), refuses(name, frame(source, Duration.zero))]
        })
        yield* Effect.all(looks, atOnce)
        deepStrictEqual(server.asked, [])
      })
    )

    it.scoped("opens no file or URL that a remote file refers to", () =>
      Effect.gen(function* () {
        const internal = yield* serveRanges({ "/internal.ts": bytesFile(readFileSync(fixturePath("broadcast.ts"))) })
        const hostile = hostileFiles(internal.url("/internal.ts").href)
        const served = hostile.map(([name, content]) => [`/${name}`, bytesFile(Buffer.from(content))] as const)
        const server = yield* serveRanges(Object.fromEntries(served))
        const { probe } = yield* MediaProbe.MediaProbe
        yield* Effect.forEach(hostile, ([name]) => refuses(name, probe(url(server.url(`/${name}`)))), atOnce)
        deepStrictEqual(internal.asked, [])
      })
    )
  })
}
