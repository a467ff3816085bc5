import { isPlainAudio, isPlainPicture, type SourceTracks } from "@runner-connector/core"
import { Option } from "effect"
import type { Rendition } from "./Rendition.ts"
import type { SourceMedia } from "./SourceMedia.ts"
import type { Timeline } from "./Timeline.ts"

/** A requested rendition and what it is made from. */
export interface Request {
  /** Short side in pixels. 0 for audio only. */
  readonly resolution: number
  /** Frames per second. 0 for the rate of the source. */
  readonly fps: number
  /** The file with the video track and the one with the audio track, which may be the same. */
  readonly picture: SourceMedia
  readonly sound: SourceMedia
  readonly timeline: Timeline
  /** Seconds before the start of the presentation in which frames can be decoded. */
  readonly headroom: number
}

/** Seconds. Later tracks are aligned by encoding them. */
const ON_TIME = 0.001

/** With slower videos the audio is encoded, because servers shift their files by the usual delay of an encoder. */
const FASTER = 24

/** Frames that are decoded before they are shown, if a report does not say how many. */
const USUAL_REORDERING = 2

const startsOnTime = (span: Option.Option<SourceTracks.Span>): boolean =>
  Option.exists(span, ({ start }) => Math.abs(start) <= ON_TIME)

/** Whether the video already has the requested size and rate, in a form that HLS players expect. */
export const canCopyPicture = ({ fps: wanted, headroom, picture, resolution, timeline }: Request): boolean =>
  Option.exists(
    Option.all({ video: picture.video, track: picture.tracks.video }),
    ({ track, video: { fps, resolution: own } }) =>
      isPlainPicture(track, picture.bitrate) &&
      own === resolution &&
      fps > 0 &&
      (wanted === 0 || wanted === fps) &&
      (track.stream.has_b_frames ?? USUAL_REORDERING) <= headroom * fps &&
      timeline.padding === 0 &&
      startsOnTime(picture.tracks.shown)
  )

/** Whether the audio is AAC that can be copied, without silence to be filled in. */
export const canCopySound = ({ sound, timeline }: Pick<Request, "sound" | "timeline">): boolean =>
  Option.exists(
    sound.tracks.audio,
    (track) =>
      isPlainAudio(track) &&
      sound.isMp4 &&
      Option.match(sound.video, { onNone: () => true, onSome: ({ fps }) => fps >= FASTER }) &&
      Option.isNone(timeline.silenceUntil) &&
      startsOnTime(sound.tracks.heard)
  )

/**
 * The rendition with copies of the tracks that fit the request. None if its video must be encoded, or without video its
 * audio.
 */
export const copying = (rendition: Rendition, request: Request): Option.Option<Rendition> => {
  const copiesSound = canCopySound(request)
  if (Option.isSome(rendition.video) ? !canCopyPicture(request) : !copiesSound) return Option.none()
  return Option.some({
    ...rendition,
    video: Option.map(rendition.video, (track) => ({ ...track, isCopied: true })),
    audio: Option.map(rendition.audio, (track) => ({ ...track, isCopied: copiesSound }))
  })
}
