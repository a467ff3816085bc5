import { Option, Schema } from "effect"
import { type FileKey, inFolder } from "../FileKey.ts"

/** Longer than any name a runner makes, short enough for every file system. */
const MAX_LENGTH = 200

/** A valid name of a live segment. */
export const LiveChunkName = Schema.String.pipe(Schema.maxLength(MAX_LENGTH), Schema.pattern(/^[a-z0-9-]+\.ts$/))

/** A valid name of the playlist of a variant. */
export const LivePlaylistName = Schema.String.pipe(Schema.maxLength(MAX_LENGTH), Schema.pattern(/^[a-z0-9-]+\.m3u8$/))

/** The name of the master playlist, which no variant may have. */
const MASTER = "master.m3u8"

const isLivePlaylistName = Schema.is(LivePlaylistName)
const isLiveChunkName = Schema.is(LiveChunkName)

/** True for names of files that players of a live read. */
export const isLiveFileName = (name: string): boolean => isLivePlaylistName(name) || isLiveChunkName(name)

const VariantPlaylistName = LivePlaylistName.pipe(
  Schema.filter((name) => name !== MASTER || "expected the name of a variant's playlist")
)

/** The variant of a segment, and its number within the variant. */
export interface LiveChunk {
  readonly name: string
  readonly variant: number
  readonly number: number
}

/** Reads variant and number from the name `<variant>-<number>.ts`. None for other names. */
export const chunkOf = (name: string): Option.Option<LiveChunk> => {
  const [, variant, number] = /^(\d{1,2})-(\d{1,15})\.ts$/.exec(name) ?? []
  return variant === undefined || number === undefined
    ? Option.none()
    : Option.some({ name, variant: Number(variant), number: Number(number) })
}

/** The segments of a variant up to the given number, under the names that FFmpeg gives them. */
export const chunkNames = (variant: number, last: number): ReadonlyArray<string> =>
  Array.from({ length: last + 1 }, (_, number) => `${variant}-${String(number).padStart(6, "0")}.ts`)

/** The playlist of a variant, under the name that FFmpeg gives it. */
export const variantPlaylistName = (variant: number): string => `${variant}.m3u8`

/**
 * The folder of one live session, within the folder of the video. Runners number the segments of each session from 0,
 * and playlists refer to them by these names, so sessions must not share a folder.
 */
export const liveFolder = (destination: FileKey, sessionId: string): FileKey =>
  inFolder(destination, `live-${sessionId}`)

/** A segment or the playlist of a variant, under the name from the runner. */
export const liveFileKey = (destination: FileKey, sessionId: string, name: string): FileKey =>
  inFolder(liveFolder(destination, sessionId), name)

/** The master playlist of a live session. The key never changes, because players reload it. */
export const liveMasterKey = (destination: FileKey, sessionId: string): FileKey =>
  liveFileKey(destination, sessionId, MASTER)

/** Playlists of lives are overwritten under their keys. No other file is. */
export const isLivePlaylist = (key: string): boolean => /(?:^|\/)live-[0-9a-f-]{36}\/[^/]+\.m3u8$/.test(key)

const playlistGoesWithItsName = (update: {
  readonly resolutionPlaylistFilename?: string | undefined
  readonly resolutionPlaylistFile?: unknown
}): true | string =>
  (update.resolutionPlaylistFilename === undefined) === (update.resolutionPlaylistFile === undefined) ||
  "expected the playlist of a variant and its name together"

/**
 * The `payload` of an update of a live job: scalars are text, files have the given schema. An added segment comes with
 * its file, a removed one without. Store the playlists after the segment and the master playlist last.
 */
export const liveUpdate = <File, I>(file: Schema.Schema<File, I>) => {
  const playlists = {
    resolutionPlaylistFilename: Schema.optional(VariantPlaylistName),
    resolutionPlaylistFile: Schema.optional(file),
    masterPlaylistFile: Schema.optional(file)
  }
  return Schema.Union(
    Schema.Struct({
      type: Schema.Literal("add-chunk"),
      videoChunkFilename: LiveChunkName,
      videoChunkFile: file,
      ...playlists
    }).pipe(Schema.filter(playlistGoesWithItsName)),
    Schema.Struct({
      type: Schema.Literal("remove-chunk"),
      videoChunkFilename: LiveChunkName,
      ...playlists
    }).pipe(Schema.filter(playlistGoesWithItsName))
  )
}
