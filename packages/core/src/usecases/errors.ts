import { Schema } from "effect"
import { JobId } from "../domain/Ids.ts"
import { JobState } from "../domain/job/RunnerJob.ts"
import { VideoState } from "../domain/video/Video.ts"

export * from "./admin/retryErrors.ts"

/** No runner holds this token. Said only after a look-up that succeeded: runners dissolve their registration on it. */
export class UnknownRunner extends Schema.TaggedError<UnknownRunner>()("UnknownRunner", {}) {
  override get message(): string {
    return "Unknown runner token"
  }
}

/** No registration token matches. */
export class UnknownRegistrationToken extends Schema.TaggedError<UnknownRegistrationToken>()(
  "UnknownRegistrationToken",
  {}
) {
  override get message(): string {
    return "Unknown registration token"
  }
}

/** There is no such job, or the tokens do not hold it; which of the two is nobody's business. */
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

/** The holder may do this only while the job is being processed. */
export class JobNotProcessing extends Schema.TaggedError<JobNotProcessing>()("JobNotProcessing", {
  id: JobId,
  state: JobState
}) {
  override get message(): string {
    return `The job is ${this.state}: this call needs a Processing job`
  }
}

/** Another request has handed in the result at the same moment, and was first. */
export class ResultAlreadyReceived extends Schema.TaggedError<ResultAlreadyReceived>()("ResultAlreadyReceived", {
  id: JobId
}) {
  override get message(): string {
    return "The result of this job was received already"
  }
}

/** The job has ended, or its result is being stored. */
export class JobNotCancellable extends Schema.TaggedError<JobNotCancellable>()("JobNotCancellable", {
  id: JobId,
  state: JobState
}) {
  override get message(): string {
    return "Only pending, processing and waiting jobs can be cancelled"
  }
}

/** The result of the job, or of one that waits for it, is being stored; when that is over it can be removed. */
export class JobNotRemovable extends Schema.TaggedError<JobNotRemovable>()("JobNotRemovable", {
  /** The job whose result it is. */
  id: JobId,
  state: JobState
}) {
  override get message(): string {
    return `The result of job ${this.id} is being stored: it can be removed when that is over`
  }
}

/** What was sent for the job is not what its type asks for. */
export class InvalidPayload extends Schema.TaggedError<InvalidPayload>()("InvalidPayload", {
  /** What is wrong, without the values that were sent. */
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

/** The job was taken from this holder while its work was being stored; nothing of it is kept. */
export class AttemptLost extends Schema.TaggedError<AttemptLost>()("AttemptLost", { id: JobId }) {
  override get message(): string {
    return "The job was taken back while its result was being stored"
  }
}

/** There is no such video. */
export class UnknownVideo extends Schema.TaggedError<UnknownVideo>()("UnknownVideo", {}) {
  override get message(): string {
    return "Unknown video"
  }
}

/** The video exists, but the job has nothing to do with it. */
export class VideoNotOfJob extends Schema.TaggedError<VideoNotOfJob>()("VideoNotOfJob", {}) {
  override get message(): string {
    return "This job does not work on this video"
  }
}

/** The video has no such file. */
export class MissingInput extends Schema.TaggedError<MissingInput>()("MissingInput", {}) {
  override get message(): string {
    return "The video has no such file"
  }
}

/** None of the job's tasks needs a file of this name. */
export class UnknownTaskFile extends Schema.TaggedError<UnknownTaskFile>()("UnknownTaskFile", {}) {
  override get message(): string {
    return "No task of this job needs a file of this name"
  }
}

/** There is no file under the path that was handed in. */
export class VideoFileNotFound extends Schema.TaggedError<VideoFileNotFound>()("VideoFileNotFound", {
  path: Schema.String
}) {
  override get message(): string {
    return `There is no video file ${this.path} in storage`
  }
}

/** The file is no audio or video that could be transcoded. */
export class UnusableMedia extends Schema.TaggedError<UnusableMedia>()("UnusableMedia", {
  /** A sentence for the person who handed the file in. */
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** There is no picture under the path that was handed in. */
export class PictureNotFound extends Schema.TaggedError<PictureNotFound>()("PictureNotFound", {
  path: Schema.String
}) {
  override get message(): string {
    return `There is no picture ${this.path} in storage`
  }
}

/** The file that was handed in as a picture is none, or none that could be used. */
export class UnusablePicture extends Schema.TaggedError<UnusablePicture>()("UnusablePicture", {
  /** A sentence for the person who handed the file in. */
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The call itself makes no sense. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", {
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

/** What is asked for can be done only with a video in another state. */
export class VideoNotReady extends Schema.TaggedError<VideoNotReady>()("VideoNotReady", { state: VideoState }) {
  override get message(): string {
    return `This cannot be done with a video that is ${this.state}`
  }
}

/** A job of the video stands in the way of another one; when it has ended, this can be asked for again. */
export class VideoBusy extends Schema.TaggedError<VideoBusy>()("VideoBusy", { job: JobId, type: Schema.String }) {
  override get message(): string {
    return `Job ${this.job} (${this.type}) of this video has not ended yet`
  }
}
