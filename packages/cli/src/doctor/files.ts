import { statfs } from "node:fs/promises"
import { FileKey, FileStorage } from "@runner-connector/core"
import { AutoFfmpeg, Ffmpeg } from "@runner-connector/ffmpeg"
import { uploadsFolder } from "@runner-connector/protocol"
import { Chunk, Effect, Option, Stream } from "effect"
import { Installation } from "../installation/Installation.ts"
import * as Storage from "../installation/Storage.ts"
import { broken, type Checked, doubtful, fine, reasonOf } from "./Check.ts"

const content = new TextEncoder().encode("written by doctor")

/** Writes, reads and deletes a small file. */
const useStorage = Effect.gen(function* () {
  const storage = yield* FileStorage.FileStorage
  const key = FileKey.FileKey.make(`${uploadsFolder}/doctor-${crypto.randomUUID()}`)
  yield* storage.write(key, Stream.make(content))
  const read = Buffer.concat(Chunk.toReadonlyArray(yield* Stream.runCollect(storage.read(key))))
  yield* storage.remove(key)
  return read.equals(content)
    ? fine("a file was written, read and deleted")
    : broken("a file was not read as it was written", "Check the disk or the service.")
})

/** The storage of the settings. */
export const checkStorage = Effect.gen(function* () {
  const { s3 } = yield* Installation
  const remedy = Option.isSome(s3)
    ? "Check S3_ENDPOINT, the bucket and the rights of the keys."
    : "Check the rights and the free space of DATA_DIR."
  const finding = yield* Effect.scoped(useStorage).pipe(
    Effect.provide(Storage.layer),
    Effect.catchAll((error) => Effect.succeed(broken(reasonOf(error), remedy)))
  )
  return { check: "storage", ...finding } satisfies Checked
})

/** The FFmpeg of the probe and of the local runner. */
export const checkFfmpeg = Ffmpeg.pipe(
  Effect.map(({ engine, version }) =>
    engine === "native"
      ? fine(`FFmpeg ${version}`)
      : doubtful(
          `only ffmpeg.wasm (${version}) is available. It is slow`,
          "Install ffmpeg and ffprobe on this machine."
        )
  ),
  Effect.provide(AutoFfmpeg.layer),
  Effect.catchAll((error) => Effect.succeed(broken(reasonOf(error), "Install ffmpeg and ffprobe on this machine."))),
  Effect.map((finding): Checked => ({ check: "ffmpeg", ...finding }))
)

const GIBIBYTE = 1024 ** 3

/** Below this an upload of a usual size fails. */
const LITTLE = 5 * GIBIBYTE

/** The disk of the data folder, where uploads are stored at first in any case. */
export const checkDisk = Effect.flatMap(Installation, ({ dataDir }) =>
  Effect.tryPromise(() => statfs(dataDir)).pipe(
    Effect.map(({ bavail, bsize }) => {
      const free = bavail * bsize
      const fact = `${(free / GIBIBYTE).toFixed(1)} GiB are free in ${dataDir}`
      return free < LITTLE ? doubtful(fact, "Delete files, or move DATA_DIR to a larger disk.") : fine(fact)
    }),
    Effect.catchAll(() =>
      Effect.succeed(
        doubtful(`${dataDir} does not exist`, "Set DATA_DIR as the server has it, or start the server once.")
      )
    ),
    Effect.map((finding): Checked => ({ check: "disk", ...finding }))
  )
)
