import { ApiError, refusal, UNREACHABLE } from "./Problem.js"

const TIMEOUT = 20_000

/**
 * Returns the body of the server's answer as text. Fails with an `ApiError`.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<string>}
 */
export const request = async (path, init) => {
  // Requests that the user can abort have no time limit.
  const answer = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT), ...init }).catch(() => {
    throw new ApiError(0, UNREACHABLE)
  })
  const body = await answer.text().catch(() => {
    throw new ApiError(0, UNREACHABLE)
  })
  if (!answer.ok) throw refusal(answer.status, body)
  return body
}

/**
 * Returns the JSON document at a path of the server. Fails with an `ApiError`.
 * @param {string} path
 * @param {Readonly<Record<string, string>>} headers
 * @returns {Promise<any>}
 */
const documentAt = async (path, headers) => {
  const body = await request(path, { headers })
  try {
    return JSON.parse(body)
  } catch {
    throw new ApiError(0, "The answer did not come from the server. A proxy or a login page may be in between.")
  }
}

/**
 * Whether a request with these headers may upload and delete.
 * @param {Readonly<Record<string, string>>} headers
 * @returns {Promise<boolean>}
 */
export const mayChange = async (headers) => (await documentAt("/access", headers)).mayChange === true

/**
 * The server's default plan, by the field names of an upload.
 * @returns {Promise<Readonly<Record<string, unknown>>>}
 */
export const planDefaults = async () => (await documentAt("/access", {})).plan

/**
 * Returns one page of the list of videos, as the server sends it.
 * @param {{ start: number, count: number, headers?: Readonly<Record<string, string>> }} options
 * @returns {Promise<{ total: number, data: ReadonlyArray<import("./Video.js").Video> }>}
 */
export const videoPage = ({ count, headers = {}, start }) =>
  documentAt(`/videos?start=${start}&count=${count}`, headers)
