import { Option, Order } from "effect"

interface Version {
  readonly numbers: ReadonlyArray<number>
  /** alpha, beta, release candidate, release. */
  readonly stage: 0 | 1 | 2 | 3
  /** The number within its stage. */
  readonly attempt: number
}

const stages: Readonly<Record<string, Version["stage"]>> = { alpha: 0, beta: 1, rc: 2 }

const parse = (text: string): Option.Option<Version> => {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-(rc|alpha|beta)\.(\d+))?$/.exec(text)
  return Option.map(Option.fromNullable(match), ([, major, minor, patch, stage, attempt]) => ({
    numbers: [major, minor, patch].map(Number),
    stage: stages[stage ?? ""] ?? 3,
    attempt: Number(attempt ?? 0)
  }))
}

const byVersion: Order.Order<Version> = Order.combineAll([
  Order.mapInput(Order.array(Order.number), ({ numbers }: Version) => numbers),
  Order.mapInput(Order.number, ({ stage }: Version) => stage),
  Order.mapInput(Order.number, ({ attempt }: Version) => attempt)
])

/**
 * Orders versions of runners. Alpha, beta and release candidates come before their release. Text that is not a version
 * comes first.
 */
export const byRunnerVersion: Order.Order<string> = Order.mapInput(Option.getOrder(byVersion), parse)

/** The job types of PeerTube's runner. */
const stockTypes: ReadonlySet<string> = new Set([
  ...["vod-web-video-transcoding", "vod-hls-transcoding", "vod-audio-merge-transcoding"],
  ...["live-rtmp-hls-transcoding", "video-studio-transcoding", "video-transcription", "generate-video-storyboard"]
])

/** Whether some release of PeerTube's runner has this job type. Other types belong to hosts and their own runners. */
export const isStockType = (type: string): boolean => stockTypes.has(type)

/**
 * The first release that supports a job type, a studio task, or copying of tracks into HLS. Every release supports the
 * names that are not listed.
 */
const firstVersions: Readonly<Record<string, string>> = {
  "generate-video-storyboard": "0.3.0",
  "remove-segments": "0.4.0",
  "hls-copy": "0.4.0"
}

/** The release that a runner needs for a job type or a studio task. None when every release has it. */
export const firstVersionOf = (name: string): Option.Option<string> =>
  Object.hasOwn(firstVersions, name) ? Option.fromNullable(firstVersions[name]) : Option.none()

/** Whether a release supports a job type or a studio task. A runner that sends no version counts as the oldest. */
export const supports = (name: string, version: Option.Option<string>): boolean =>
  Option.match(firstVersionOf(name), {
    onNone: () => true,
    onSome: (first) => Option.exists(version, (known) => Order.greaterThanOrEqualTo(byRunnerVersion)(known, first))
  })
