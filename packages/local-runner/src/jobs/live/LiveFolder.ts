import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option } from "effect"
import { chunkPrefix, MASTER, playlistName } from "./LiveCommand.ts"

/** What has become of a segment since the folder was looked at before. */
export type Change =
  | {
      readonly type: "add-chunk"
      readonly name: string
      /** The playlist of the variant as far as this segment; none before all playlists are there. */
      readonly playlist: Option.Option<string>
    }
  | { readonly type: "remove-chunk"; readonly name: string }

/** A folder into which ffmpeg writes a live. */
export interface LiveFolder {
  /** What is new, for each variant in the order in which it is to be told; nothing is found twice. */
  readonly changes: Effect.Effect<ReadonlyArray<ReadonlyArray<Change>>, PlatformError, FileSystem.FileSystem>
  /** The same when ffmpeg has ended: in addition every playlist that was not yet found whole, with its last segment. */
  readonly lastChanges: LiveFolder["changes"]
}

const END = "#EXT-X-ENDLIST"

interface Variant {
  readonly number: number
  /** Segments that were found and that are not removed yet. */
  readonly known: Set<string>
  /** The playlist with its end tag was found together with a segment. */
  isWhole: boolean
}

const segmentsOf = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"))

const placeOf = (chunk: string): number => Number(/-(\d+)\.ts$/.exec(chunk)?.[1])

/** Players fetch what a playlist names, so it must not name what comes later. */
const cutAfter = (playlist: string, chunk: string): string =>
  playlist.includes(END) && segmentsOf(playlist).at(-1) === chunk
    ? playlist
    : playlist.slice(0, playlist.indexOf(`\n${chunk}\n`) + chunk.length + 2)

/**
 * A segment is finished when its variant's playlist lists it; one that was listed and fell out again between two looks
 * is older than all that are listed.
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

/** The end of a playlist that came after its last segment was told: that segment is told once more, with the end. */
const lateEnd = (variant: Variant, playlist: string, isReady: boolean): ReadonlyArray<Change> => {
  const name = segmentsOf(playlist).at(-1)
  return variant.isWhole || !isReady || name === undefined || !playlist.includes(END)
    ? []
    : [{ type: "add-chunk", name, playlist: Option.some(playlist) }]
}

/**
 * Looks after the folder of so many variants. It is read again and again rather than watched: what is asked for is the
 * state of a handful of files a few times a second, which no system tells in the same way.
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
