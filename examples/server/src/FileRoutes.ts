import { FileKey, FileNames, FileStorage, LiveFiles, MediaTypes } from "@runner-connector/core"
import { ProtocolErrors, serveFile } from "@runner-connector/protocol"
import { Effect, Either, Option, Schema, Stream } from "effect"
import { Delivery } from "./Delivery.ts"
import { isUpload, namesHidden } from "./Keys.ts"
import type { Routes } from "./routes.ts"

const decodeKey = (rest: string): Either.Either<FileKey.FileKey, ProtocolErrors.UnknownPath> =>
  Either.try({ try: () => decodeURIComponent(rest), catch: () => new ProtocolErrors.UnknownPath() }).pipe(
    Either.flatMap(Schema.decodeUnknownEither(FileKey.FileKey)),
    Either.mapLeft(() => new ProtocolErrors.UnknownPath()),
    Either.filterOrLeft(
      (key) => !isUpload(key) && !namesHidden(key) && !FileNames.isWorkFile(key),
      () => new ProtocolErrors.UnknownPath()
    )
  )

/** Allows players on other sites. Allows caching of everything except live playlists, which change under their name. */
const publicly =
  (key: string) =>
  (response: Response): Response => {
    response.headers.set("access-control-allow-origin", "*")
    response.headers.set("cache-control", LiveFiles.isLivePlaylist(key) ? "no-cache" : "public, max-age=3600")
    return response
  }

/** Browsers follow it to the storage. It expires with the signature, so it is not kept. */
const redirect = (to: URL): Response =>
  new Response(null, {
    status: 302,
    statusText: "Found",
    headers: { location: to.href, "cache-control": "no-store", "access-control-allow-origin": "*" }
  })

type Change = Option.Option.Value<Delivery["Type"]["playlist"]>

/** A playlist with URLs that expire. */
const changedPlaylist = (key: FileKey.FileKey, request: Request, change: Change) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const text = yield* Stream.mkString(Stream.decodeText(storage.read(key)))
    const body = new TextEncoder().encode(yield* change(key, text))
    const headers = {
      "content-type": MediaTypes.mediaTypeOf(key),
      "content-length": String(body.length),
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
      "x-content-type-options": "nosniff"
    }
    return new Response(request.method === "HEAD" ? null : body, { status: 200, statusText: "OK", headers })
  })

const storedFile = (request: Request, params: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const key = yield* decodeKey(params.key ?? "")
    const { playlist, redirectTo } = yield* Delivery
    const address = yield* redirectTo(key)
    if (Option.isSome(address)) return redirect(address.value)
    return Option.isSome(playlist)
      ? yield* changedPlaylist(key, request, playlist.value)
      : publicly(key)(yield* serveFile(key, request))
  })

export const fileRoutes: Routes<FileStorage.FileStorage | Delivery> = [
  { method: "GET", path: "/storage/**:key", answer: storedFile }
]
