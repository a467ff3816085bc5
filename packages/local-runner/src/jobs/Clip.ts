import { PictureFilters } from "@runner-connector/ffmpeg"
import { Array as Arr, Option } from "effect"
import { alignedSound, type SoundCoding } from "./encoders.ts"
import { fitting, type PictureSize } from "./PictureSize.ts"
import type { SourceVideo } from "./SourceMedia.ts"

/** The common format of all clips in a graph, which `concat` requires. */
export interface Frame extends PictureSize {
  readonly fps: number
  /** None if no clip has audio. */
  readonly sound: Option.Option<SoundCoding>
}

/** A section of video and audio in a filter graph: the names of two links, and the filters that produce them. */
export interface Clip {
  readonly chains: ReadonlyArray<string>
  readonly video: string
  readonly sound: Option.Option<string>
  /** Duration in seconds. */
  readonly duration: number
}

/** A stream of an input. Both numbers start at 0. */
interface Track {
  readonly input: number
  readonly stream: number
}

/** The inputs of a clip. */
export interface ClipSource {
  readonly video: Track & Pick<SourceVideo, "isInterlaced" | "ratio" | "transfer">
  /** Seconds for which the last frame is held. */
  readonly padding: number
  readonly audio: Option.Option<Track>
  /** Duration in seconds. */
  readonly duration: number
}

const layout = ({ channels }: SoundCoding): string => (channels === 1 ? "mono" : "stereo")

/**
 * Pads the audio to the duration of the video. `concat` would do this too, but it creates all of the silence at once.
 */
const soundChain = ({ audio, duration }: ClipSource, sound: SoundCoding, link: string): string => {
  const source = Option.match(audio, {
    onNone: () => `anullsrc=cl=${layout(sound)}:r=${sound.sampleRate},atrim=duration=${duration}`,
    onSome: ({ input, stream }) => `[${input}:${stream}]${alignedSound}`
  })
  const format = `aformat=sample_fmts=fltp:sample_rates=${sound.sampleRate}:channel_layouts=${layout(sound)}`
  return `${source},${format},apad=whole_dur=${duration}[${link}]`
}

/** Converts an input to the common size and rates, with silence if it has no audio. `id` names its links. */
export const fromSource = (source: ClipSource, frame: Frame, id: string): Clip => {
  const { input, isInterlaced, ratio, stream, transfer } = source.video
  const [scale, ...bars] = fitting(frame, ratio)
  const filters = [
    ...PictureFilters.deinterlacing(isInterlaced),
    ...[scale, ...PictureFilters.toneMapping(transfer), ...bars],
    "setsar=1",
    `fps=${frame.fps}:start_time=0`,
    ...(source.padding > 0 ? [`tpad=stop_mode=clone:stop_duration=${source.padding}`] : []),
    "format=yuv420p"
  ]
  return {
    chains: [
      `[${input}:${stream}]${filters.join(",")}[v${id}]`,
      ...Option.toArray(frame.sound).map((sound) => soundChain(source, sound, `a${id}`))
    ],
    video: `v${id}`,
    sound: Option.map(frame.sound, () => `a${id}`),
    duration: source.duration
  }
}

const links = ({ sound, video }: Clip): string => [video, ...Option.toArray(sound)].map((link) => `[${link}]`).join("")

/** Joins clips in order. */
export const join = (clips: Arr.NonEmptyReadonlyArray<Clip>, id: string): Clip => {
  const [first] = clips
  if (clips.length === 1) return first
  const joined = { video: `v${id}`, sound: Option.map(first.sound, () => `a${id}`) }
  const duration = clips.reduce((sum, clip) => sum + clip.duration, 0)
  const concat = `concat=n=${clips.length}:v=1:a=${Option.isSome(first.sound) ? 1 : 0}`
  const clip = { ...joined, duration, chains: [] }
  return {
    ...clip,
    chains: [...clips.flatMap(({ chains }) => chains), `${clips.map(links).join("")}${concat}${links(clip)}`]
  }
}

/** A part of a clip, in seconds. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Container durations are inexact, so a span up to the end has no end cut. */
const trimming = ({ end, start }: Span, duration: number, prefix: "" | "a"): string => {
  const until = end < duration ? `:end=${end}` : ""
  return `${prefix}trim=start=${start}${until},${prefix}setpts=PTS-${start}/TB`
}

/** Copies a link under several names, because each name can be read only once. */
const split = (link: string, prefix: "" | "a", count: number) => {
  const names = Arr.makeBy(count, (index) => `${link}_${index}`)
  return { names, chain: `[${link}]${prefix}split=${count}${names.map((name) => `[${name}]`).join("")}` }
}

/** Keeps the parts of a clip within the given spans, in order. */
export const keep = (clip: Clip, spans: Arr.NonEmptyReadonlyArray<Span>, id: string): Clip => {
  const video = split(clip.video, "", spans.length)
  const sound = Option.map(clip.sound, (link) => split(link, "a", spans.length))
  const parts = Arr.map(spans, (span, index): Clip => {
    const part = `${id}_part${index}`
    const picture = `[${video.names[index]}]${trimming(span, clip.duration, "")}[v${part}]`
    const heard = Option.map(sound, ({ names }) => `[${names[index]}]${trimming(span, clip.duration, "a")}[a${part}]`)
    return {
      chains: [picture, ...Option.toArray(heard)],
      video: `v${part}`,
      sound: Option.map(heard, () => `a${part}`),
      duration: span.end - span.start
    }
  })
  const kept = join(parts, id)
  const splits = [video.chain, ...Option.toArray(sound).map(({ chain }) => chain)]
  return { ...kept, chains: [...clip.chains, ...splits, ...kept.chains] }
}

/** The position of an overlay, in pixels from the right and from the top. The overlay fits into the box. */
export interface Overlay {
  readonly box: PictureSize
  readonly right: number
  readonly top: number
}

/** Draws the picture of an input over a whole clip. The position is even, so that luma and chroma samples align. */
export const overlay = (clip: Clip, picture: Track, { box, right, top }: Overlay, id: string): Clip => ({
  ...clip,
  chains: [
    ...clip.chains,
    `[${picture.input}:${picture.stream}]scale=${box.width}:${box.height}:force_original_aspect_ratio=decrease[w${id}]`,
    `[${clip.video}][w${id}]overlay=x=2*floor((W-w-${right})/2):y=${2 * Math.round(top / 2)},format=yuv420p[v${id}]`
  ],
  video: `v${id}`
})
