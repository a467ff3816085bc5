import { Args, Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import { FileKey, FileNames, FileStorage, MediaTypes, Tokens, type Transcoding, Uploads } from "@runner-connector/core"
import { transcodeUpload, uploadsFolder } from "@runner-connector/protocol"
import { Effect, Option } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, printResult } from "../output.ts"
import { Refusal, refusal } from "../Refusal.ts"

/** Stores a copy of the file, which goes again unless a video gets it. */
const store = (file: string, folder: string, fileName: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { hold } = yield* Uploads.Uploads
    const storage = yield* FileStorage.FileStorage
    const key = FileKey.FileKey.make(`${uploadsFolder}/${folder}/${FileNames.safeNameOf(fileName)}`)
    yield* Effect.catchTag(hold(key), "UploadExists", Effect.die)
    yield* storage.write(key, fs.stream(file), { contentType: MediaTypes.mediaTypeOf(key) })
    return key
  })

/** What the command needs. */
export type UploadNeeds =
  | FileStorage.FileStorage
  | FileSystem.FileSystem
  | Path.Path
  | Transcoding.Transcoding
  | Uploads.Uploads

/** Adds a file of this machine as a video. */
export const upload: CommandOf<"upload", UploadNeeds> = Command.make(
  "upload",
  {
    file: Args.file({ name: "file", exists: "yes" }),
    title: Options.text("title").pipe(Options.optional),
    externalId: Options.text("external-id").pipe(Options.optional),
    noStoryboard: Options.boolean("no-storyboard").pipe(Options.withDescription("Make no hover previews")),
    json
  },
  ({ externalId, file, json, noStoryboard, title }) =>
    Effect.gen(function* () {
      const fileName = (yield* Path.Path).basename(file)
      const folder = yield* (yield* Tokens.Identifiers).uuid
      const key = yield* store(file, folder, fileName)
      const facts = { title: Option.getOrUndefined(title), externalId: Option.getOrUndefined(externalId) }
      const video = yield* transcodeUpload({ key, fileName, folder }, facts, { storyboards: !noStoryboard }).pipe(
        Effect.catchTags({ InvalidRequest: refusal, UnusableMedia: refusal })
      )
      yield* printResult(json, { uuid: video.id }, video.id)
    }).pipe(
      Effect.scoped,
      Effect.catchTag("SystemError", "BadArgument", ({ message }) => new Refusal({ message }))
    )
).pipe(Command.withDescription("Stores a copy of a file, makes its renditions, and prints the id of the video"))
