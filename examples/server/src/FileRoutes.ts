import { FileKey, FileNames, type FileStorage, LiveFiles } from "@runner-connector/core"
import { ProtocolErrors, serveFile } from "@runner-connector/protocol"
import { Effect, Either, Schema } from "effect"
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

const storedFile = (request: Request, params: Readonly<Record<string, string>>) =>
  Effect.flatMap(decodeKey(params.key ?? ""), (key) => Effect.map(serveFile(key, request), publicly(key)))

export const fileRoutes: Routes<FileStorage.FileStorage> = [
  { method: "GET", path: "/storage/**:key", answer: storedFile }
]
