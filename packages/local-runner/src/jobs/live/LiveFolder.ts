import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option } from "effect"
import { chunkPrefix, MASTER, playlistName } from "./LiveCommand.ts"

/** The change of a segment since the last scan of the folder. */
export type Change =
  | {
      readonly type: "add-chunk"
      readonly name: string
      /** The playlist of the variant up to this segment. None before all playlists exist. */
      readonly playlist: Option.Option<string>
    }
  | { readonly type: "remove-chunk"; readonly name: string }

/** A folder into which ffmpeg writes a live stream. */
export interface LiveFolder {
  /** The changes per variant, in the order in which they must be sent. Each change is returned once. */
  readonly changes: Effect.Effect<ReadonlyArray<ReadonlyArray<Change>>, PlatformError, FileSystem.FileSystem>
  /**
   * The changes after the end of ffmpeg. Also completes every playlist that was not yet found with its end tag and last
   * segment.
   */
  readonly lastChanges: LiveFolder["changes"]
}

const END = "#EXT-X-ENDLIST"

interface Variant {
  readonly number: number
  /** Segments that were found and not removed yet. */
  readonly known: Set<string>
  /** The playlist with its end tag was found together with a segment. */
  isWhole: boolean
}

const segmentsOf = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"))

const placeOf = (chunk: string): number => Number(/-(\d+)\.ts$/.exec(chunk)?.[1])

/** Truncates a playlist after a segment, because players download everything that it lists. */
const cutAfter = (playlist: string, chunk: string): string =>
  playlist.includes(END) && segmentsOf(playlist).at(-1) === chunk
    ? playlist
    : playlist.slice(0, playlist.indexOf(`\n${chunk}\n`) + chunk.length + 2)

/**
 * Lists the finished segments. A segment is finished when the playlist of its variant lists it. A segment that entered
 * and left the playlist between two scans is older than all listed ones.
 */
const finished = (variant: Variant, names: ReadonlyArray<string>, listed: ReadonlyArray<string>) => {
  const [first] = listed
  const isOlder = (name: string) => first !== undefined && placeOf(name) < placeOf(first)
  const fallenOut = names.filter(isOlder).sort((one, other) => placeOf(one) - placeOf(other))
  return [...fallenOut, ...listed].filter((name) => !variant.known.has(name))
}

const changesOf = (variant: Variant, names: ReadonlyArray<string>, playlist: string, isReady: boolean) => {
  const own = names.filter((name) => name.startsWith(chunkPrefix(variant.number)) && name.endsWith(".ts"))
  const listed = segmentsOf(playlist)
  const removed = [...variant.known].filter((name) => !own.includes(name))
  const added = finished(variant, own, listed).map((name): Change => {
    const isListed = isReady && listed.includes(name)
    return { type: "add-chunk", name, playlist: isListed ? Option.some(cutAfter(playlist, name)) : Option.none() }
  })
  for (const { name } of added) variant.known.add(name)
  for (const name of removed) variant.known.delete(name)
  return [...added, ...removed.map((name): Change => ({ type: "remove-chunk", name }))]
}

const carriesEnd = (change: Change): boolean =>
  change.type === "add-chunk" && Option.exists(change.playlist, (playlist) => playlist.includes(END))

/** If the end tag appears after the last segment was sent, that segment is sent again with the ended playlist. */
const lateEnd = (variant: Variant, playlist: string, isReady: boolean): ReadonlyArray<Change> => {
  const name = segmentsOf(playlist).at(-1)
  return variant.isWhole || !isReady || name === undefined || !playlist.includes(END)
    ? []
    : [{ type: "add-chunk", name, playlist: Option.some(playlist) }]
}

/**
 * Tracks the folder of a live stream with this number of variants. Polls the folder instead of watching it, because
 * file watchers differ between operating systems and a few small files are cheap to read.
 */
export const make = (folder: string, variants: number): Effect.Effect<LiveFolder, never, Path.Path> =>
  Effect.map(Path.Path, (path) => {
    const all = Array.from({ length: variants }, (_, number): Variant => ({ number, known: new Set(), isWhole: false }))
    const wanted = [MASTER, ...all.map(({ number }) => playlistName(number))]
    const look = (isLast: boolean): LiveFolder["changes"] =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const names = yield* fs.readDirectory(folder)
        const isReady = wanted.every((name) => names.includes(name))
        return yield* Effect.forEach(all, (variant) =>
          Effect.gen(function* () {
            const name = playlistName(variant.number)
            const playlist = names.includes(name) ? yield* fs.readFileString(path.join(folder, name)) : ""
            const changes = changesOf(variant, names, playlist, isReady)
            variant.isWhole ||= changes.some(carriesEnd)
            return isLast ? [...changes, ...lateEnd(variant, playlist, isReady)] : changes
          })
        )
      })
    return { changes: look(false), lastChanges: look(true) }
  })
