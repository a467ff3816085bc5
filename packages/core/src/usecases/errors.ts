import { Schema } from "effect"
import { JobId } from "../domain/Ids.ts"
import { JobState } from "../domain/job/RunnerJob.ts"
import { VideoState } from "../domain/video/Video.ts"

export * from "./admin/jobErrors.ts"
export * from "./admin/retryErrors.ts"

/**
 * No runner has this token. Only thrown after a successful lookup, because runners drop their registration on this
 * error.
 */
export class UnknownRunner extends Schema.TaggedError<UnknownRunner>()("UnknownRunner", {}) {
  override get message(): string {
    return "Unknown runner token"
  }
}

/** No registration token matches. */
export class UnknownWebhook extends Schema.TaggedError<UnknownWebhook>()("UnknownWebhook", {}) {
  override get message(): string {
    return "Unknown webhook"
  }
}

export class UnknownRegistrationToken extends Schema.TaggedError<UnknownRegistrationToken>()(
  "UnknownRegistrationToken",
  {}
) {
  override get message(): string {
    return "Unknown registration token"
  }
}

/** There is no such job, or the tokens do not hold it. Both look the same to the caller. */
export class UnknownJob extends Schema.TaggedError<UnknownJob>()("UnknownJob", { id: JobId }) {
  override get message(): string {
    return "Unknown job, or not held with these tokens"
  }
}

/** The job is not pending any more, and no other job can take its place. */
export class JobTaken extends Schema.TaggedError<JobTaken>()("JobTaken", { id: JobId }) {
  override get message(): string {
    return "This job is no longer pending: request another one"
  }
}

/** The call requires a job in the state Processing. */
export class JobNotProcessing extends Schema.TaggedError<JobNotProcessing>()("JobNotProcessing", {
  id: JobId,
  state: JobState
}) {
  override get message(): string {
    return `The job is ${this.state}: this call needs a Processing job`
  }
}

/** Another request delivered the result at the same moment. */
export class ResultAlreadyReceived extends Schema.TaggedError<ResultAlreadyReceived>()("ResultAlreadyReceived", {
  id: JobId
}) {
  override get message(): string {
    return "The result of this job was received already"
  }
}

/** The payload does not match the type of the job. */
export class InvalidPayload extends Schema.TaggedError<InvalidPayload>()("InvalidPayload", {
  /** The invalid fields, without their values. */
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

/** The attempt ended while its result was being stored. The result is discarded. */
export class AttemptLost extends Schema.TaggedError<AttemptLost>()("AttemptLost", { id: JobId }) {
  override get message(): string {
    return "The attempt ended while its result was being stored"
  }
}

/** There is no such video. */
export class UnknownVideo extends Schema.TaggedError<UnknownVideo>()("UnknownVideo", {}) {
  override get message(): string {
    return "Unknown video"
  }
}

/** The job does not belong to this video. */
export class VideoNotOfJob extends Schema.TaggedError<VideoNotOfJob>()("VideoNotOfJob", {}) {
  override get message(): string {
    return "The job does not belong to this video"
  }
}

/** The video has no such file. */
export class MissingInput extends Schema.TaggedError<MissingInput>()("MissingInput", {}) {
  override get message(): string {
    return "The video has no such file"
  }
}

/** Players find no file of this name in the video. */
export class UnknownVideoFile extends Schema.TaggedError<UnknownVideoFile>()("UnknownVideoFile", {}) {
  override get message(): string {
    return "The video has no file of this name"
  }
}

/** No task of the job needs a file with this name. */
export class UnknownTaskFile extends Schema.TaggedError<UnknownTaskFile>()("UnknownTaskFile", {}) {
  override get message(): string {
    return "No task of this job needs a file with this name"
  }
}

/** There is no file under the given path. */
export class VideoFileNotFound extends Schema.TaggedError<VideoFileNotFound>()("VideoFileNotFound", {
  path: Schema.String
}) {
  override get message(): string {
    return `There is no video file ${this.path} in storage`
  }
}

/** The file is not usable audio or video. */
export class UnusableMedia extends Schema.TaggedError<UnusableMedia>()("UnusableMedia", {
  /** A sentence for the person who uploaded the file. */
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** There is no picture under the given path. */
export class PictureNotFound extends Schema.TaggedError<PictureNotFound>()("PictureNotFound", {
  path: Schema.String
}) {
  override get message(): string {
    return `There is no picture ${this.path} in storage`
  }
}

/** The file is not a usable picture. */
export class UnusablePicture extends Schema.TaggedError<UnusablePicture>()("UnusablePicture", {
  /** A sentence for the person who uploaded the file. */
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The call is invalid. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", {
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

/** The call requires a video in another state. */
export class VideoNotReady extends Schema.TaggedError<VideoNotReady>()("VideoNotReady", { state: VideoState }) {
  override get message(): string {
    return `The video is ${this.state}: this call requires another state`
  }
}

/** A job of the video is open. Repeat the call after it has ended. */
export class VideoBusy extends Schema.TaggedError<VideoBusy>()("VideoBusy", { job: JobId, type: Schema.String }) {
  override get message(): string {
    return `Job ${this.job} (${this.type}) of this video has not ended yet`
  }
}
