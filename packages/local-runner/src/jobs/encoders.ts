/** Bits per second of AAC, per channel. */
const AUDIO_BITRATE = 80_000

/** The encoding of an audio stream. */
export interface SoundCoding {
  readonly channels: number
  readonly sampleRate: number
}

/**
 * Limits the audio to two channels and a rate that every player supports. The encoder must not get unsupported
 * combinations, such as 5.1 at 8 kHz.
 */
export const soundOf = (channels: number, sampleRate: number): SoundCoding => ({
  channels: channels === 1 ? 1 : 2,
  sampleRate: sampleRate === 44_100 ? 44_100 : 48_000
})

/** Fills a late start and gaps with silence, so that audio times match the source. */
export const alignedSound = "aresample=async=1:first_pts=0"

/** Encodes AAC. */
export const soundEncoder = ({ channels, sampleRate }: SoundCoding): ReadonlyArray<string> => [
  ...["-c:a", "aac", "-b:a", `${AUDIO_BITRATE * channels}`],
  ...["-ac", `${channels}`, "-ar", `${sampleRate}`]
]

/** Keeps metadata, chapters, subtitles and attachments of the sources out of the result. */
export const nothingElse: ReadonlyArray<string> = [
  ...["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "1024"]
]

/** Writes an MP4 for progressive download: its index precedes the media. */
export const progressiveMp4: ReadonlyArray<string> = ["-movflags", "+faststart", "-f", "mp4"]
