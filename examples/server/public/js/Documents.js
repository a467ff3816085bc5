/**
 * What the server says of videos and all that belongs to them.
 * @typedef {{ id: number, label: string }} State
 *
 * @typedef {object} Attempt
 * @property {string} runner
 * @property {string | null} version
 * @property {string} startedAt ISO 8601
 * @property {string | null} endedAt null while it lasts
 * @property {string | null} outcome
 * @property {string | null} message
 *
 * @typedef {object} Job
 * @property {string} uuid
 * @property {string} type
 * @property {State} state
 * @property {number | null} progress 0 to 100
 * @property {number} failures
 * @property {string | null} error
 * @property {number | null} resolution 0 is sound alone
 * @property {{ id: number, name: string } | null} runner
 * @property {ReadonlyArray<Attempt>} attempts the first one first
 * @property {string | null} waitingFor why nobody works on it
 * @property {string | null} retryAt ISO 8601; not to be tried before
 *
 * @typedef {object} VideoFile
 * @property {number} resolution 0 is sound alone
 * @property {number} fps
 * @property {number} width
 * @property {number} height
 * @property {number} size bytes
 * @property {string} url
 *
 * @typedef {VideoFile & { playlistUrl: string }} Rendition
 *
 * @typedef {object} Caption
 * @property {string} language BCP 47
 * @property {string} label
 * @property {boolean} automatic no person wrote it
 * @property {string} url WebVTT
 *
 * @typedef {object} Live
 * @property {"waiting" | "running" | "stopping" | "ended"} state
 * @property {string | null} error why it ended, when it was not because the stream did
 * @property {boolean} replay what was broadcast becomes a video
 *
 * @typedef {object} Video
 * @property {string} uuid
 * @property {string | null} name
 * @property {State} state
 * @property {number | null} duration seconds
 * @property {string | null} thumbnailUrl
 * @property {string | null} playlistUrl
 * @property {ReadonlyArray<Rendition>} files HLS
 * @property {ReadonlyArray<VideoFile>} webVideos progressive files
 * @property {ReadonlyArray<Caption>} captions
 * @property {{ trackUrl: string } | null} storyboard
 * @property {Live | null} live of what is broadcast, or was
 * @property {ReadonlyArray<Job>} jobs
 * @property {number | null} progress 0 to 100
 * @property {string} createdAt ISO 8601
 */

export {}
