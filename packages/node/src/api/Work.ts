import type {
  EditOptions,
  EditTask,
  Job,
  StartLiveRequest,
  TranscodeOptions,
  TranscribeRequest,
  Video
} from "../model.ts"
import type { Bytes } from "./Bytes.ts"
import type { CallOptions } from "./CallOptions.ts"

/** The bytes of a new video. */
export type VideoSource =
  /** A file that is in the storage already. It belongs to the application and must stay while jobs exist. */
  | { readonly path: string; readonly stream?: undefined; readonly file?: undefined }
  /** An upload. It is stored first; nothing of it stays when the call rejects. */
  | { readonly stream: Bytes; readonly path?: undefined; readonly file?: undefined }
  /** A file on this machine. It is copied into the storage. */
  | { readonly file: string; readonly path?: undefined; readonly stream?: undefined }

/** The request of `transcodeVideo`. */
export type TranscodeRequest = VideoSource &
  TranscodeOptions & {
    /** The folder in the storage that receives the files. Default: a new one in the folder `videos`. */
    readonly destination?: string | undefined
    /** The type of a `stream` or `file`, such as `video/mp4`. */
    readonly contentType?: string | undefined
  }

/** The work of runners. Each call returns without waiting for it; hooks and events report the outcome. */
export interface Work {
  /** Creates a video, with a job for each rendition. */
  readonly transcodeVideo: (request: TranscodeRequest, options?: CallOptions) => Promise<Video>
  /** Adds jobs for the missing renditions of a video. Returns the new jobs. */
  readonly ensureRenditions: (video: string, options?: CallOptions) => Promise<ReadonlyArray<Job>>
  /** Makes captions. */
  readonly transcribeVideo: (request: TranscribeRequest, options?: CallOptions) => Promise<Job>
  /** Makes a hover preview, which replaces an existing one. */
  readonly makeStoryboard: (video: string, options?: CallOptions) => Promise<Job>
  /** Edits a video and transcodes the result again. The files of the tasks are deleted when the edit has ended. */
  readonly editVideo: (
    video: string,
    tasks: ReadonlyArray<EditTask>,
    options?: EditOptions & CallOptions
  ) => Promise<Job>
  /** Makes a live of an RTMP stream. */
  readonly startLive: (request: StartLiveRequest, options?: CallOptions) => Promise<Video>
  readonly stopLive: (video: string, options?: CallOptions) => Promise<void>
  /** Cancels the jobs of a video, and deletes the video with its files. */
  readonly removeVideo: (video: string, options?: CallOptions) => Promise<void>
}
