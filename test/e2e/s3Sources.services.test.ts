import { readFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { setTimeout } from "node:timers/promises"
import { NodeContext } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { FileKey, FileStorage, MediaProbe } from "@runner-connector/core"
import { NativeFfmpeg, WasmFfmpeg } from "@runner-connector/ffmpeg"
import { FfmpegProbe } from "@runner-connector/probe"
import { S3Storage } from "@runner-connector/storage-s3"
import { Effect, Layer, Redacted, Stream } from "effect"
import { nativeFfmpeg } from "../fixtures/nativeFfmpeg.ts"
import { faultProxy } from "../services/faultProxy.ts"
import { sharedRadosgw } from "../services/sharedRadosgw.ts"
import { fixture } from "./support/clips.ts"
import { leftOut } from "./support/native.ts"
import { newBucket } from "./support/s3.ts"

const GAP = 5 * 1024 ** 3
const BOX_HEAD = 16
const MOST = 5 * 1024 ** 2

/** A box of this size that players skip. */
const padding = (): Buffer => {
  const head = Buffer.alloc(BOX_HEAD)
  head.writeUInt32BE(1)
  head.write("free", 4, "latin1")
  head.writeBigUInt64BE(BigInt(GAP), 8)
  return head
}

/** A valid file with 5 GiB between its media and its index. Most of it is zeros, made when they are read. */
const largeFile = () => {
  const bytes = readFileSync(fixture("moov-last.mp4"))
  const index = bytes.indexOf("moov") - 4
  const begin = Buffer.concat([bytes.subarray(0, index), padding()])
  const end = bytes.subarray(index)
  const tail = index + GAP
  return {
    size: bytes.length + GAP,
    piece: (start: number, size: number): Buffer => {
      const piece = Buffer.alloc(size)
      begin.copy(piece, 0, Math.min(start, begin.length), Math.min(start + size, begin.length))
      if (start + size > tail) end.copy(piece, Math.max(0, tail - start), Math.max(0, start - tail))
      return piece
    }
  }
}

/** A network of 100 Mbit/s. The buffers of the loopback device would take megabytes that no client reads. */
const PIECE = 64 * 1024
const PAUSE = 5

/**
 * So much of an answer is sent at that speed, and the rest slowly. A client that reads on gets it all. One that has begun
 * to seek gets little more, even if a busy machine lets it close its connection late.
 */
const HEAD = 1024 ** 2
const LONG_PAUSE = 500

/** Answers a request of a range of the file, and counts the bytes that the client takes. */
const serve =
  (file: ReturnType<typeof largeFile>, count: (bytes: number) => void) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "bytes=0-") ?? []
    const start = Number(first)
    const end = Math.min(last === "" ? file.size : Number(last) + 1, file.size)
    async function* pieces() {
      for (let at = start; at < end; at += PIECE) {
        await setTimeout(at - start < HEAD ? PAUSE : LONG_PAUSE)
        const piece = file.piece(at, Math.min(PIECE, end - at))
        count(piece.length)
        yield piece
      }
    }
    response.writeHead(206, {
      "content-length": end - start,
      "content-range": `bytes ${start}-${end - 1}/${file.size}`,
      "accept-ranges": "bytes"
    })
    pipeline(Readable.from(pieces()), response).catch(() => undefined)
  }

const key = FileKey.FileKey.make("uploads/large.mp4")

const probesLargeSource = Effect.gen(function* () {
  const proxy = yield* faultProxy(sharedRadosgw().endpoint)
  const { env } = yield* newBucket(proxy.url)
  const storage = S3Storage.layer({
    bucket: String(env.S3_BUCKET),
    endpoint: new URL(proxy.url),
    credentials: {
      accessKeyId: String(env.S3_ACCESS_KEY_ID),
      secretAccessKey: Redacted.make(String(env.S3_SECRET_ACCESS_KEY))
    }
  }).pipe(Layer.provide(NodeContext.layer))
  const file = largeFile()
  let read = 0
  const answer = serve(file, (bytes) => {
    read += bytes
  })
  proxy.set(({ url }) => (url?.includes("X-Amz-Signature=") ? { _tag: "Replace", answer } : undefined))
  yield* Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    yield* files.write(key, Stream.make(new Uint8Array(1)))
    const { probe } = yield* MediaProbe.MediaProbe
    const { streams } = yield* Effect.scoped(Effect.flatMap(files.source(key), probe))
    assert.isTrue(streams.some(({ codec_type }) => codec_type === "video"))
  }).pipe(Effect.provide(storage))
  assert.isAbove(read, 0)
  assert.isBelow(read, MOST)
}).pipe(Effect.scoped)

const probe = (ffmpeg: typeof NativeFfmpeg.layer) => Layer.provide(FfmpegProbe.layer, ffmpeg)

it.live(
  "ffmpeg.wasm probes a source of 5 GB in the bucket, with its index at the end, by reading less than 5 MB",
  () => Effect.provide(probesLargeSource, probe(WasmFfmpeg.layer)),
  300_000
)

if (nativeFfmpeg._tag === "Right") {
  it.live("native FFmpeg does so, too", () => Effect.provide(probesLargeSource, probe(NativeFfmpeg.layer)), 300_000)
} else leftOut("probing a source in a bucket by native FFmpeg")
