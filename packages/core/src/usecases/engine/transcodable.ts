import { Either, Option } from "effect"
import type { Video } from "../../domain/video/Video.ts"
import { inputsOf, type VideoInputs } from "../../domain/video/VideoInputs.ts"
import { VideoNotTranscodable } from "../errors.ts"

const isLive = ({ live, state }: Video): boolean =>
  state === "WaitingForLive" || state === "LiveEnded" || Option.exists(live, (session) => session.state !== "ended")

/** The inputs from which a rendition of the video would be made now, or why there are none. */
export const transcodable = (video: Video): Either.Either<VideoInputs, VideoNotTranscodable> => {
  if (video.state === "ToEdit") return Either.left(new VideoNotTranscodable({ reason: "editing" }))
  if (isLive(video)) return Either.left(new VideoNotTranscodable({ reason: "live" }))
  return Either.fromOption(inputsOf(video), () => new VideoNotTranscodable({ reason: "noFile" }))
}
