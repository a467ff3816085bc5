import { Data, DateTime, Effect, Encoding, Option, Stream } from "effect"
import { mediaTypeOf } from "../../domain/media/MediaTypes.ts"
import { cacheControl } from "../../domain/playback/cacheControl.ts"
import { find, nameOf, type PlayerFile } from "../../domain/playback/PlayerFiles.ts"
import { referencesOf, replaceReferences } from "../../domain/playback/references.ts"
import type { Video } from "../../domain/video/Video.ts"
import { type ByteRange, type FileNotFound, FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { MediaDelivery } from "../../ports/MediaDelivery.ts"
import type { Grant } from "../../ports/PlaybackAccess.ts"

/** A file as players get it. */
export interface Content {
  readonly contentType: string
  /** Bytes. */
  readonly size: number
  /** Changes whenever the content may have changed. Without the quotes of an HTTP ETag. */
  readonly etag: string
  readonly cacheControl: string
  readonly read: (range?: ByteRange) => Stream.Stream<Uint8Array, FileNotFound | FileStorageError>
}

/** The answer to a viewer. */
export type Opened = Data.TaggedEnum<{
  Here: { readonly content: Content }
  /** The viewer finds the file at this URL, which may expire. */
  Elsewhere: { readonly url: URL }
}>
export const Opened = Data.taggedEnum<Opened>()

type Failure = FileNotFound | FileStorageError

const hashOf = (bytes: Uint8Array<ArrayBuffer>): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", bytes)),
    (digest) => Encoding.encodeBase64Url(new Uint8Array(digest).slice(0, 16))
  )

/** Reads the whole text, because a live playlist may be replaced while it is sent, and names in it change. */
const readText = (storage: FileStorage["Type"], { key }: PlayerFile): Effect.Effect<string, Failure> =>
  Stream.mkString(Stream.decodeText(storage.read(key)))

/** The part of the query that follows a URI. */
const asQuery = (query: string): string => (query === "" ? "" : `?${query}`)

/** The folder of the files that a playlist or a track names, as part of their names. */
const folderOf = (video: Video, { folder, key }: PlayerFile): string => {
  if (folder !== "") return folder
  const name = nameOf(video, key)
  return name.slice(0, name.lastIndexOf("/") + 1)
}

/** The text with URIs that work for this viewer: with the query of the grant, or with URLs of the storage that expire. */
const makeRewrite = Effect.gen(function* () {
  const storage = yield* FileStorage
  const { temporaryUrl } = yield* MediaDelivery
  return Effect.fnUntraced(function* (video: Video, file: PlayerFile, { query }: Grant) {
    const text = yield* readText(storage, file)
    const changed = new Map<string, string>()
    let expires = false
    for (const name of referencesOf(file.names, text)) {
      const media = Option.filter(find(video, folderOf(video, file) + name), ({ names }) => names === "nothing")
      const url = Option.flatten(yield* Effect.transposeOption(Option.map(media, ({ key }) => temporaryUrl(key))))
      expires ||= Option.isSome(url)
      changed.set(
        name,
        Option.match(url, { onNone: () => `${file.folder}${name}${asQuery(query)}`, onSome: ({ href }) => href })
      )
    }
    return { expires, bytes: new TextEncoder().encode(replaceReferences(file.names, text, changed)) }
  })
})

const slice = (bytes: Uint8Array, range: ByteRange | undefined): Uint8Array =>
  range === undefined ? bytes : bytes.slice(range.start, range.end + 1)

/** Answers viewers that were admitted. */
export const makeAnswer: Effect.Effect<
  (video: Video, file: PlayerFile, grant: Grant) => Effect.Effect<Opened, Failure>,
  never,
  FileStorage
> = Effect.gen(function* () {
  const storage = yield* FileStorage
  const delivery = yield* MediaDelivery
  const rewrite = yield* makeRewrite

  const elsewhere = ({ key, names }: PlayerFile, { restricted }: Grant) => {
    const permanent = restricted ? Option.none<URL>() : delivery.permanentUrl(key)
    return Option.isSome(permanent) || names !== "nothing" ? Effect.succeed(permanent) : delivery.temporaryUrl(key)
  }

  const stored = Effect.fnUntraced(function* ({ key }: PlayerFile) {
    const stat = yield* storage.stat(key)
    return { ...stat, expires: false, read: (range?: ByteRange) => storage.read(key, range) }
  })

  const rewritten = Effect.fnUntraced(function* (video: Video, file: PlayerFile, grant: Grant) {
    const { bytes, expires } = yield* rewrite(video, file, grant)
    const etag = yield* hashOf(bytes)
    return { size: bytes.length, etag, expires, read: (range?: ByteRange) => Stream.make(slice(bytes, range)) }
  })

  return Effect.fnUntraced(function* (video, file, grant) {
    const url = yield* elsewhere(file, grant)
    if (Option.isSome(url)) return Opened.Elsewhere({ url: url.value })
    const { expires, ...found } = yield* file.names === "nothing" ? stored(file) : rewritten(video, file, grant)
    return Opened.Here({
      content: {
        ...found,
        contentType: mediaTypeOf(file.key),
        cacheControl: cacheControl({ changes: file.changes, expires, ...grant }, yield* DateTime.now)
      }
    })
  })
})
