import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { UploadedFile } from "@runner-connector/core"
import { Effect, Either, FastCheck as fc, Option } from "effect"
import * as BodyReader from "../src/body/BodyReader.ts"
import * as BodySource from "../src/body/BodySource.ts"
import * as FormBody from "../src/body/FormBody.ts"
import * as JsonBody from "../src/body/JsonBody.ts"
import * as MultipartParser from "../src/body/MultipartParser.ts"
import * as Spool from "../src/body/Spool.ts"

const MIB = 1024 ** 2
const BOUNDARY = "B0undary"

/** How a body arrives. */
interface Arrival {
  /** Bytes of the first pieces. The others have as many as a socket brings. */
  readonly sizes: ReadonlyArray<number>
  /** Whether each second piece is waited for. */
  readonly isSlow: boolean
  /** What happens to a piece when the next one is asked for. */
  readonly fate: "freed" | "overwritten"
  /** Pieces after which the sender disconnects. */
  readonly breaksOffAfter: number
}

const arrival = (breaksOffAfter: fc.Arbitrary<number>): fc.Arbitrary<Arrival> =>
  fc.record({
    sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 200_000 })), { maxLength: 60 }),
    isSlow: fc.boolean(),
    fate: fc.constantFrom("freed", "overwritten"),
    breaksOffAfter
  })

const SOCKET = 64 * 1024

/** The bytes in pieces with memory of their own. They are Buffers, whose `slice` copies nothing. */
const piecesOf = (bytes: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const pieces: Array<Buffer> = []
  for (let at = 0; at < bytes.length; ) {
    const size = sizes[pieces.length] ?? SOCKET
    pieces.push(Buffer.from(new Uint8Array(bytes.subarray(at, at + size)).buffer))
    at += size
  }
  return pieces
}

/** Takes the memory of each piece back when the next one is asked for. */
const aStrictReader = (bytes: Uint8Array, { breaksOffAfter, fate, isSlow, sizes }: Arrival): BodyReader.BodyReader => {
  const pieces = piecesOf(bytes, sizes)
  let lent: Buffer | undefined
  let next = 0

  const takeBack = () => {
    lent?.fill("overwritten")
    if (fate === "freed" && lent !== undefined) structuredClone(lent.buffer, { transfer: [lent.buffer] })
    lent = undefined
  }
  const give = (): Option.Option<Uint8Array> => {
    takeBack()
    lent = pieces[next++]
    return Option.fromNullable(lent)
  }

  return {
    ready: () => {
      takeBack()
      return next >= breaksOffAfter || (isSlow && next % 2 === 1) ? undefined : give()
    },
    read: Effect.suspend(() => (next >= breaksOffAfter ? Effect.fail(BodyReader.brokenOff()) : Effect.sync(give))).pipe(
      Effect.delay(0)
    ),
    cancel: Effect.void,
    isUnfinished: () => next <= pieces.length
  }
}

const aSource = (bytes: Uint8Array, arrival: Arrival) =>
  Effect.acquireRelease(
    Effect.sync(() => BodySource.make(aStrictReader(bytes, arrival), Option.none())),
    ({ close }) => close
  )

type Part =
  | { readonly kind: "field"; readonly text: string }
  | { readonly kind: "file"; readonly size: number; readonly seed: number }

const sizeOfFile = fc.oneof(
  fc.nat(300),
  fc.constantFrom(SOCKET, MIB - 1, MIB, MIB + 1, 2 * MIB),
  fc.nat(Math.floor(2.5 * MIB))
)

const parts: fc.Arbitrary<ReadonlyArray<Part>> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("field" as const), text: fc.string({ maxLength: 300, unit: "grapheme" }) }),
    fc.record({ kind: fc.constant("file" as const), size: sizeOfFile, seed: fc.nat(1000) })
  ),
  { maxLength: 6 }
)

/** Any bytes, many of which look like the beginning of a delimiter. */
const contentOf = (size: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  let state = seed + 1
  for (let at = 0; at < size; at++) {
    state = (state * 48_271) % 2_147_483_647
    bytes[at] = state >> 8
  }
  const delimiter = Buffer.from(`\r\n--${BOUNDARY}`)
  for (let at = seed; at + delimiter.length <= size; at += 4999) {
    const length = 1 + (at % (delimiter.length - 1))
    bytes.set(delimiter.subarray(0, length), at)
    bytes[at + length] = 0
  }
  return bytes
}

const bytesOf = (part: Part): Uint8Array =>
  part.kind === "field" ? Buffer.from(part.text) : contentOf(part.size, part.seed)

const formOf = (all: ReadonlyArray<Part>): Uint8Array =>
  Buffer.concat([
    ...all.flatMap((part, index) => [
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="p${index}"`),
      Buffer.from(`${part.kind === "file" ? '; filename="a"' : ""}\r\n\r\n`),
      bytesOf(part),
      Buffer.from("\r\n")
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`)
  ])

/** A spool in a folder of its own. */
const aSpool = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const parent = yield* fs.makeTempDirectoryScoped({ prefix: "pieces-" })
  const spool = yield* Spool.make(Option.some(parent))
  const [own = ""] = yield* fs.readDirectory(parent)
  return { fs, spool, requests: fs.readDirectory(`${parent}/${own}`) }
})

const receive = (all: ReadonlyArray<Part>, arrival: Arrival, spool: Spool.Spool, folder: Spool.SpoolFolder) =>
  Effect.flatMap(aSource(formOf(all), arrival), (source) =>
    FormBody.receive(Option.getOrThrow(MultipartParser.make(BOUNDARY)), source, {
      ...{ spool, folder },
      rules: {
        files: new Set(all.map((_, index) => `p${index}`)),
        maxFileSize: 4 * MIB,
        mayUpload: () => Effect.succeed(true)
      }
    })
  )

describe("pieces of a body that are valid until the next one is asked for", () => {
  it.scopedLive.prop(
    "bring the fields and files of a form unchanged",
    [parts, arrival(fc.constant(Number.POSITIVE_INFINITY))],
    ([all, arriving]) =>
      Effect.gen(function* () {
        const { fs, spool } = yield* aSpool
        const folder = yield* spool.folder
        const fields = yield* receive(all, arriving, spool, folder)
        for (const [index, part] of all.entries()) {
          const value = fields[`p${index}`]
          if (part.kind === "field") {
            deepStrictEqual(value, part.text)
            continue
          }
          assert.instanceOf(value, UploadedFile.UploadedFile)
          const written = yield* fs.readFile(value.path)
          assert.isTrue(Buffer.from(written).equals(bytesOf(part)), `file ${index} differs`)
          deepStrictEqual(value.size, part.size)
        }
        yield* folder.sync
        yield* folder.release
      }).pipe(Effect.scoped, Effect.provide(NodeContext.layer)),
    { fastCheck: { numRuns: 60 } }
  )

  it.scopedLive.prop(
    "leave nothing when the sender disconnects in between",
    [parts, arrival(fc.nat(40))],
    ([all, arriving]) =>
      Effect.gen(function* () {
        const { requests, spool } = yield* aSpool
        const folder = yield* spool.folder
        const isWhole = arriving.breaksOffAfter > piecesOf(formOf(all), arriving.sizes).length
        const received = yield* Effect.either(receive(all, arriving, spool, folder))
        deepStrictEqual(Either.isRight(received), isWhole)
        if (Either.isLeft(received)) deepStrictEqual(received.left._tag, "MalformedBody")
        yield* folder.release
        deepStrictEqual(yield* requests, [])
      }).pipe(Effect.scoped, Effect.provide(NodeContext.layer)),
    { fastCheck: { numRuns: 40 } }
  )

  it.scopedLive.prop(
    "bring a JSON document unchanged",
    [fc.array(fc.string({ maxLength: 2000 }), { maxLength: 50 }), arrival(fc.constant(Number.POSITIVE_INFINITY))],
    ([texts, arriving]) =>
      Effect.gen(function* () {
        const source = yield* aSource(Buffer.from(JSON.stringify({ texts })), arriving)
        deepStrictEqual(yield* JsonBody.receive(source, MIB), { texts })
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 100 } }
  )
})
