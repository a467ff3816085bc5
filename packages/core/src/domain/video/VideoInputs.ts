import { Array as Arr, Option, Order } from "effect"
import type { FileKey } from "../FileKey.ts"
import { isRepackedSource } from "./FileNames.ts"
import type { Video, WebVideo } from "./Video.ts"

/** The input of runners: one file, or two where the audio has its own. */
export interface VideoInputs {
  readonly media: FileKey
  readonly sound: Option.Option<FileKey>
}

type Files = Pick<Video, "destination" | "files" | "sourceKey" | "soundKey" | "webVideos">

const largest = (files: ReadonlyArray<WebVideo>): Option.Option<WebVideo> =>
  Arr.last(
    Arr.sort(
      files,
      Order.mapInput(Order.number, (file: WebVideo) => file.resolution)
    )
  )

/** The audio for a file without any. */
const soundFor = (media: WebVideo, all: ReadonlyArray<WebVideo>): Option.Option<FileKey> =>
  media.hasAudio ? Option.none() : Option.map(largest(all.filter((file) => file.hasAudio)), (file) => file.key)

/**
 * The best input of a video. The file from the host while it exists, because transcoding a rendition loses quality
 * twice, or what it was repacked into. Otherwise the largest file with a picture, progressive before HLS, otherwise audio. None when nothing is left
 * or nothing exists yet.
 */
export const inputsOf = (video: Files): Option.Option<VideoInputs> => {
  const { files, soundKey, sourceKey, webVideos } = video
  if (Option.isSome(sourceKey)) {
    return Option.some(
      Option.match(
        Option.filter(soundKey, (key) => isRepackedSource(video, key)),
        {
          onNone: () => ({ media: sourceKey.value, sound: soundKey }),
          onSome: (repacked) => ({ media: repacked, sound: Option.none() })
        }
      )
    )
  }
  // A rendition of several files is no input for a runner.
  const all = [...files.filter(({ parts }) => parts === undefined), ...webVideos]
  const pictures = all.filter((file) => file.hasVideo)
  return Option.map(largest(pictures.length > 0 ? pictures : all), (media) => ({
    media: media.key,
    sound: soundFor(media, all)
  }))
}

/** The best audio of a video, perhaps in a file with a picture. */
export const soundOf = (video: Files): Option.Option<FileKey> =>
  Option.map(inputsOf(video), ({ media, sound }) => Option.getOrElse(sound, () => media))
