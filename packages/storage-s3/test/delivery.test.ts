import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage, MediaDelivery } from "@runner-connector/core"
import { Duration, Effect, Layer, Option } from "effect"
import { S3Delivery } from "../src/index.ts"

const key = FileKey.FileKey.make("videos/a b/ü.mp4")

/** A storage that only signs, and the requested lifetimes. */
const signing = () => {
  const asked: Array<number> = []
  const downloadUrl: FileStorage.FileStorage["Type"]["downloadUrl"] = (of, { expiresIn }) =>
    Effect.sync(() => {
      asked.push(Duration.toSeconds(expiresIn))
      return Option.some(new URL(`https://bucket.example/${encodeURIComponent(of)}?X-Amz-Signature=1`))
    })
  return { asked, layer: Layer.succeed(FileStorage.FileStorage, { downloadUrl } as FileStorage.FileStorage["Type"]) }
}

const urls = (options: S3Delivery.S3DeliveryOptions, storage = signing()) =>
  Effect.gen(function* () {
    const { permanentUrl, temporaryUrl } = yield* MediaDelivery.MediaDelivery
    const href = Option.map<URL, string>((url) => url.href)
    return [href(permanentUrl(key)), href(yield* temporaryUrl(key))]
  }).pipe(Effect.provide(S3Delivery.layer(options)), Effect.provide(storage.layer))

it.effect("proxied: the host sends the files", () =>
  Effect.gen(function* () {
    deepStrictEqual(yield* urls({ mode: "proxied" }), [Option.none(), Option.none()])
  })
)

it.effect("public: files have lasting URLs below the given address, with escapes", () =>
  Effect.gen(function* () {
    for (const url of ["https://cdn.example/media", "https://cdn.example/media/"]) {
      const lasting = Option.some("https://cdn.example/media/videos/a%20b/%C3%BC.mp4")
      deepStrictEqual(yield* urls({ mode: "public", url: new URL(url) }), [lasting, Option.none()])
    }
  })
)

it.effect("signed: files have URLs of the storage that expire, after six hours by default", () =>
  Effect.gen(function* () {
    const storage = signing()
    const [lasting, temporary] = yield* urls({ mode: "signed" }, storage)
    deepStrictEqual(lasting, Option.none())
    assert.match(Option.getOrThrow(temporary ?? Option.none()), /X-Amz-Signature=1$/)
    yield* urls({ mode: "signed", lifetime: "5 minutes" }, storage)
    deepStrictEqual(storage.asked, [21_600, 300])
  })
)
