import { Context, Effect, Option } from "effect"
import { FileKey } from "../domain/FileKey.ts"
import type { FileNotFound, FileStorageError } from "./FileStorage.ts"

/** The URLs of files that the host does not send to players itself. */
export interface Delivery {
  /** A lasting URL of the file, which everybody can read. Not used while access to the video is restricted. */
  readonly permanentUrl: (key: FileKey) => Option.Option<URL>
  /** A URL that works for a limited time. */
  readonly temporaryUrl: (key: FileKey) => Effect.Effect<Option.Option<URL>, FileNotFound | FileStorageError>
}

/** The host sends all files. */
export const proxied: Delivery = { permanentUrl: () => Option.none(), temporaryUrl: () => Effect.succeedNone }

const example = FileKey.make("videos/example.mp4")

/** The origins of the URLs that players get, beside the host's own. None while no URL can be made. */
export const originsOf = ({ permanentUrl, temporaryUrl }: Delivery): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(
    Effect.orElseSucceed(temporaryUrl(example), () => Option.none<URL>()),
    (temporary) => [...new Set([permanentUrl(example), temporary].flatMap(Option.toArray).map(({ origin }) => origin))]
  )

/** By default the host sends all files. A storage with URLs of its own, such as a bucket, provides another one. */
export class MediaDelivery extends Context.Reference<MediaDelivery>()("@runner-connector/core/MediaDelivery", {
  defaultValue: () => proxied
}) {}
