/** The recorded reports of a live stream. */
export interface LiveReport {
  readonly type: "add-chunk" | "remove-chunk"
  readonly variant: number
  readonly number: number
  /**
   * The first and last segment in the variant's playlist. `none`: no playlist was sent. `cut`: a partial beginning of
   * the playlist, which runners send when the segment is not listed yet.
   */
  readonly listed: readonly [first: number, last: number] | "none" | "cut"
  /** The length of the whole form. */
  readonly length: number
  /** The size of the added segment in bytes. */
  readonly size: number
}

/** A recorded live stream. The reports of one group were sent concurrently, on separate connections. */
export type RecordedLive = ReadonlyArray<ReadonlyArray<LiveReport>>

const listedOf = (text: string): LiveReport["listed"] => {
  if (text === "none" || text === "cut") return text
  const [first = Number.NaN, last = Number.NaN] = text.split("-").map(Number)
  return [first, last]
}

/** `+0.14 12-14 12023 10152`: adds segment 14 of variant 0, whose playlist lists 12 to 14, in a form of that length. */
const reportOf = (text: string): LiveReport => {
  const [segment = "", listed = "", length, size] = text.split(" ")
  const [variant, number] = segment.slice(1).split(".")
  return {
    type: segment.startsWith("+") ? "add-chunk" : "remove-chunk",
    ...{ variant: Number(variant), number: Number(number), listed: listedOf(listed) },
    ...{ length: Number(length), size: Number(size ?? 0) }
  }
}

const recording = (text: string): RecordedLive =>
  text
    .trim()
    .split(/\s*[;\n]\s*/)
    .map((group) => group.split(" | ").map(reportOf))

/** Runner 0.0.21, from the first segment to the end of the stream, which it reports with `success`. */
export const olderLive: RecordedLive = recording(`
  +0.0 0-0 12230 10528; +1.0 0-0 125058 123328; +0.1 0-1 11938 10152; +0.2 0-2 12022 10152; +1.1 0-1 131158 129344
  +0.3 2-3 11750 9964; -0.0 2-3 1617; +0.4 2-4 11834 9964; +1.2 0-2 120714 118816; -0.1 2-4 1701
  +0.5 4-5 11750 9964; -0.2 4-5 1617; +0.6 4-6 11834 9964; +1.3 1-3 128610 126712; -0.3 4-6 1701
  +0.7 6-7 11750 9964; -0.4 6-7 1617; +0.8 6-8 11834 9964; -1.0 1-3 1729; +1.4 2-4 118834 116936; -0.5 6-8 1701
  +0.9 8-9 11750 9964; -0.6 8-9 1617; +0.10 8-10 12022 10152; -1.1 2-4 1729; +1.5 3-5 127106 125208; -0.7 8-10 1701
  +0.11 10-11 11751 9964; -0.8 10-11 1618; +0.12 10-12 11835 9964; -1.2 3-5 1729; +1.6 4-6 118082 116184
  -0.9 10-12 1702; +0.13 12-13 12127 10340; +0.14 12-14 12023 10152
  -0.10 12-14 1702 | -1.3 4-6 1729 | -0.11 12-14 1702
`)

/** Runner 0.4, until its process was stopped, which it reports with `abort`. */
export const abortedLive: RecordedLive = recording(`
  +0.0 none 11314 10528; +1.0 0-0 125058 123328; +0.1 0-1 11938 10152; +0.2 0-2 12022 10152; +1.1 0-1 131158 129344
  +0.3 2-3 11750 9964; -0.0 2-3 1617; +0.4 2-4 11834 9964; +1.2 0-2 120714 118816; -0.1 2-4 1701
  +0.5 4-5 11750 9964; -0.2 4-5 1617; +0.6 4-6 11834 9964
`)

/** Runner 0.4, at the beginning and at the end of a stream. The reports in between repeat. */
export const newerLive: RecordedLive = recording(`
  +0.0 0-0 12230 10528; +1.0 0-0 125058 123328; +0.1 0-1 11938 10152; +0.2 0-2 12022 10152; +1.1 0-1 132286 130472
  +0.3 2-3 11750 9964; -0.0 2-3 1617; +0.4 2-4 11834 9964; +1.2 0-2 120714 118816; -0.1 2-4 1701
  +0.5 4-5 11750 9964; -0.2 4-5 1617; +0.6 4-6 11834 9964; +1.3 1-3 128798 126900; -0.3 4-6 1701
  +0.7 5-7 11834 9964; -0.4 5-7 1701; +0.8 6-8 11834 9964; -1.0 1-3 1729; +1.4 2-4 118458 116560; -0.5 6-8 1701
  +1.11 9-11 122970 121072; -0.19 20-22 1702; +0.23 22-23 11939 10152; -0.20 22-23 1618; +0.24 22-24 11835 9964
  -1.8 9-11 1729; +1.12 10-12 118459 116560; -0.21 22-24 1702; +0.25 24-25 11939 10152; -0.22 24-25 1618
  +0.26 24-26 11835 9964; -1.9 10-12 1730; +1.13 11-13 122595 120696; -0.23 24-26 1702; +0.27 25-27 11835 9964
  -0.24 25-27 1702 | -1.10 11-13 1730 | -0.25 25-27 1702 | -0.26 25-27 1702
  +0.28 27-28 11751 9964 | +0.30 cut 2496 940
`)

/** The name of a segment, as ffmpeg generates it. */
export const segmentName = (variant: number, number: number): string =>
  `${variant}-${String(number).padStart(6, "0")}.ts`

/** The remains of a playlist that was cut incorrectly. */
export const CUT_PLAYLIST = "#EXTM3U\n#E\n"
