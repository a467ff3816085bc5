import { ConnectorError } from "./ConnectorError.ts"

// One class for each error of the core. Its code is the tag of the core's error.

/** There is no video with this id. */
export class UnknownVideo extends ConnectorError {
  override readonly code = "UnknownVideo"
}

/** There is no job with this id. */
export class UnknownJob extends ConnectorError {
  override readonly code = "UnknownJob"
}

/** There is no webhook with this id. */
export class UnknownWebhook extends ConnectorError {
  override readonly code = "UnknownWebhook"
}

/** Events after the given position are missing. `details.continueAfter` is the position to continue after. */
export class EventsMissed extends ConnectorError {
  override readonly code = "EventsMissed"
}

/** There is no such registration token. */
export class UnknownRegistrationToken extends ConnectorError {
  override readonly code = "UnknownRegistrationToken"
}

/** A runner with this name is registered already. */
export class RunnerNameTaken extends ConnectorError {
  override readonly code = "RunnerNameTaken"
}

/** The arguments of the call are invalid. The message lists them. */
export class InvalidRequest extends ConnectorError {
  override readonly code = "InvalidRequest"
}

/** The storage has no file under the given path. */
export class VideoFileNotFound extends ConnectorError {
  override readonly code = "VideoFileNotFound"
}

/** The file is no usable video or audio. The message is for the person who uploaded it. */
export class UnusableMedia extends ConnectorError {
  override readonly code = "UnusableMedia"
}

/** The storage has no picture under the given path. */
export class PictureNotFound extends ConnectorError {
  override readonly code = "PictureNotFound"
}

/** The file is no usable picture. The message is for the person who uploaded it. */
export class UnusablePicture extends ConnectorError {
  override readonly code = "UnusablePicture"
}

/** The video is in a state that does not allow the call. `details.state` holds it. */
export class VideoNotReady extends ConnectorError {
  override readonly code = "VideoNotReady"
}

/** A job of the video is open. Repeat the call after it has ended. */
export class VideoBusy extends ConnectorError {
  override readonly code = "VideoBusy"
}

/** The video has no file for this work. */
export class MissingInput extends ConnectorError {
  override readonly code = "MissingInput"
}

/** Nothing can be made of the video in its current state. */
export class VideoNotTranscodable extends ConnectorError {
  override readonly code = "VideoNotTranscodable"
}

/** The job has ended, or its result is being stored. */
export class JobNotCancellable extends ConnectorError {
  override readonly code = "JobNotCancellable"
}

/** The job has ended, so its priority cannot be changed. */
export class JobEnded extends ConnectorError {
  override readonly code = "JobEnded"
}

/** The result of the job is being stored. Remove it afterwards. */
export class JobNotRemovable extends ConnectorError {
  override readonly code = "JobNotRemovable"
}

/** The job has not failed, or its type cannot be retried. */
export class JobNotRetryable extends ConnectorError {
  override readonly code = "JobNotRetryable"
}

/** The job waits for another one. Retry `details.parentId`. */
export class ParentNotCompleted extends ConnectorError {
  override readonly code = "ParentNotCompleted"
}

/** Another job makes, or has made, the same rendition. */
export class JobSuperseded extends ConnectorError {
  override readonly code = "JobSuperseded"
}

/** The storage has no such file. */
export class FileNotFound extends ConnectorError {
  override readonly code = "FileNotFound"
}

/** The storage failed. A later call may succeed. */
export class FileStorageError extends ConnectorError {
  override readonly code = "FileStorageError"
}

/** The database failed or was not reachable. Nothing was changed. A later call may succeed. */
export class PersistenceError extends ConnectorError {
  override readonly code = "PersistenceError"
}

/** FFmpeg could not start, was too slow or crashed. The file may be good. */
export class ProbeError extends ConnectorError {
  override readonly code = "ProbeError"
}
