import { PictureFilters } from "@runner-connector/ffmpeg"
import { Array as Arr, Option } from "effect"
import { alignedSound, type SoundCoding } from "./encoders.ts"
import { fitting, type PictureSize } from "./PictureSize.ts"
import type { SourceVideo } from "./SourceMedia.ts"

/** What all clips of a graph have in common, so that one can follow another. */
export interface Frame extends PictureSize {
  readonly fps: number
  /** None when no clip has a sound. */
  readonly sound: Option.Option<SoundCoding>
}

/** Some seconds of picture and sound in a filter graph: the names of two links, and the filters that lead to them. */
export interface Clip {
  readonly chains: ReadonlyArray<string>
  readonly video: string
  readonly sound: Option.Option<string>
  /** Seconds. */
  readonly duration: number
}

/** A stream of an input: both numbers count from 0. */
interface Track {
  readonly input: number
  readonly stream: number
}

/** What a clip is made of. */
export interface ClipSource {
  readonly video: Track & Pick<SourceVideo, "isInterlaced" | "ratio" | "transfer">
  /** Seconds for which the last picture stays. */
  readonly padding: number
  readonly audio: Option.Option<Track>
  /** Seconds. */
  readonly duration: number
}

const layout = ({ channels }: SoundCoding): string => (channels === 1 ? "mono" : "stereo")

/** The sound is made as long as its picture here: `concat`, which would do it too, makes all of the silence at once. */
const soundChain = ({ audio, duration }: ClipSource, sound: SoundCoding, link: string): string => {
  const source = Option.match(audio, {
    onNone: () => `anullsrc=cl=${layout(sound)}:r=${sound.sampleRate},atrim=duration=${duration}`,
    onSome: ({ input, stream }) => `[${input}:${stream}]${alignedSound}`
  })
  const format = `aformat=sample_fmts=fltp:sample_rates=${sound.sampleRate}:channel_layouts=${layout(sound)}`
  return `${source},${format},apad=whole_dur=${duration}[${link}]`
}

/** An input, brought to the size and the rates of all; silent where it has no sound. `id` names its links. */
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

/** One clip after the other. */
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

/** A known duration is never exact: what goes to the end is not cut there. */
const trimming = ({ end, start }: Span, duration: number, prefix: "" | "a"): string => {
  const until = end < duration ? `:end=${end}` : ""
  return `${prefix}trim=start=${start}${until},${prefix}setpts=PTS-${start}/TB`
}

/** The same link under several names: each can be read once. */
const split = (link: string, prefix: "" | "a", count: number) => {
  const names = Arr.makeBy(count, (index) => `${link}_${index}`)
  return { names, chain: `[${link}]${prefix}split=${count}${names.map((name) => `[${name}]`).join("")}` }
}

/** The parts of a clip that the spans name, one after another. */
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

/** Where a picture lies over another, in pixels from the right and from the top; it fits into the box. */
export interface Overlay {
  readonly box: PictureSize
  readonly right: number
  readonly top: number
}

/** A clip with the picture of an input over all of it, at even places, where luma and chroma meet. */
export const overlay = (clip: Clip, picture: Track, { box, right, top }: Overlay, id: string): Clip => ({
  ...clip,
  chains: [
    ...clip.chains,
    `[${picture.input}:${picture.stream}]scale=${box.width}:${box.height}:force_original_aspect_ratio=decrease[w${id}]`,
    `[${clip.video}][w${id}]overlay=x=2*floor((W-w-${right})/2):y=${2 * Math.round(top / 2)},format=yuv420p[v${id}]`
  ],
  video: `v${id}`
})
