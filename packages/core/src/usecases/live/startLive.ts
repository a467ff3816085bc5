import { Array as Arr, DateTime, Effect, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobId, VideoId } from "../../domain/Ids.ts"
import { pending } from "../../domain/job/RunnerJob.ts"
import { toTranscode } from "../../domain/live/LiveLadder.ts"
import type { LiveSession } from "../../domain/live/LiveSession.ts"
import { isUsable } from "../../domain/media/MediaFacts.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import { type NewVideo, newVideo, type Video } from "../../domain/video/Video.ts"
import { LiveRtmpHlsTranscoding } from "../../jobs/LiveRtmpHlsTranscoding.ts"
import type { LiveJob, LivePayload } from "../../jobs/live/liveContent.ts"
import { placeFields } from "../../jobs/videoJob.ts"
import { MediaSource } from "../../ports/FileStorage.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeInsertVideo } from "../engine/insertVideo.ts"
import { makeUnlessKnown } from "../engine/unlessKnown.ts"
import { InvalidRequest, UnusableMedia } from "../errors.ts"
import { decodeLive, type StartLive, summaryOf } from "./liveRequest.ts"

/** As in PeerTube: a playlist lists one minute. */
const SEGMENT_LIST_SIZE = 15
const PRIORITY = 100

/** Probes the stream. */
const makeLook = Effect.map(MediaProbe, ({ probe }) => {
  const hint = (reason: string) =>
    new UnusableMedia({
      reason: `${reason} Start the stream first. Applications can describe it in \`source\` instead.`
    })
  return (url: URL): Effect.Effect<MediaSummary, UnusableMedia | ProbeError> =>
    probe(MediaSource.Url({ url })).pipe(
      Effect.flatMap((report) => Effect.mapError(isUsable(report), ({ message }) => hint(message))),
      Effect.catchTag("UnreadableMedia", ({ reason }) => hint(reason)),
      Effect.map(summaryOf)
    )
})

type Decoded = Effect.Effect.Success<ReturnType<typeof decodeLive>>

const ladderOf = (source: MediaSummary, { plan }: Decoded) =>
  Effect.filterOrFail(
    Effect.mapError(
      toTranscode({ source, settings: plan.settings }),
      ({ message }) => new InvalidRequest({ detail: message })
    ),
    Arr.isNonEmptyReadonlyArray,
    () => new InvalidRequest({ detail: "There is neither sound nor a picture to make of this stream" })
  )

const videoFor = (
  id: VideoId,
  source: MediaSummary,
  live: LiveSession,
  { baseName, destination, externalId, metadata, plan, publicUrl, title, ...rest }: Decoded,
  now: DateTime.Utc
): NewVideo =>
  newVideo({
    ...{ id, source, plan, externalId, metadata, title, destination, baseName, publicUrl },
    ...{ labels: rest.labels, priority: rest.priority, tenant: rest.tenant },
    state: "WaitingForLive",
    live: Option.some(live),
    createdAt: now
  })

const jobFor = (
  id: JobId,
  videoId: VideoId,
  { asked, id: sessionId, replay }: LiveSession,
  { baseName, destination, segmentDuration, url }: Decoded,
  now: DateTime.Utc
) => {
  const payload: LivePayload = {
    input: { rtmpUrl: url.href },
    output: { toTranscode: asked, segmentDuration, segmentListSize: SEGMENT_LIST_SIZE }
  }
  const place = placeFields({ destination, baseName })
  const privatePayload: LiveJob = { videoId, place, sessionId, replay }
  return pending({
    id,
    type: LiveRtmpHlsTranscoding.name,
    payload,
    privatePayload,
    priority: PRIORITY,
    videoId: Option.some(videoId),
    createdAt: now
  })
}

/**
 * Asks runners to play the stream. The runner that takes the job makes the live watchable. The job is not retried. Probes
 * the stream unless `source` describes it, for which the stream must be on the air. Calls with the same `externalId`
 * return the same video.
 */
export type StartLiveCall = (
  request: StartLive
) => Effect.Effect<Video, InvalidRequest | UnusableMedia | ProbeError | PersistenceError>

/** `startLive` over the ports: probes the stream once and stores the video with its one job. */
export const makeStartLive: Effect.Effect<
  StartLiveCall,
  never,
  VideoStore | MediaProbe | RunnerNotifier | ConnectorConfig | AfterCommit
> = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const ids = yield* Identifiers
  const look = yield* makeLook
  const insertVideo = yield* makeInsertVideo
  const unlessKnown = yield* makeUnlessKnown

  const start = Effect.fnUntraced(function* (live: Decoded) {
    const source = Option.isSome(live.source) ? summaryOf(live.source.value) : yield* look(live.url)
    const asked = yield* ladderOf(source, live)
    const videoId = VideoId.make(yield* ids.uuid)
    const now = yield* DateTime.now
    const session: LiveSession = {
      id: yield* ids.uuid,
      asked,
      replay: live.replay,
      recorded: false,
      state: "waiting",
      error: Option.none()
    }
    const job = jobFor(JobId.make(yield* ids.uuid), videoId, session, live, now)
    const added = Effect.logInfo("A live waits for a runner").pipe(
      Effect.annotateLogs({ video: videoId, variants: asked.length })
    )
    return yield* insertVideo(videoFor(videoId, source, session, live, now), [job], { added })
  })

  return spanned("Lives.startLive")(function* (request: StartLive) {
    const live = yield* decodeLive(request, config.transcoding)
    return yield* unlessKnown(live.externalId, start(live))
  })
})
