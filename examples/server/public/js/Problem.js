/** The server's refusal, or the lack of any answer (status 0), in words for the user. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message)
    this.name = "ApiError"
    this.status = status
  }
}

/** What is told when no answer came. */
export const UNREACHABLE = "The server cannot be reached."

/**
 * What the body of a refusal says: the `detail` or else the `title` of an RFC 9457 document.
 * @param {string} body
 * @returns {string | undefined}
 */
const sentenceOf = (body) => {
  try {
    /** @type {unknown} */
    const problem = JSON.parse(body)
    if (typeof problem !== "object" || problem === null) return undefined
    const { detail, title } = /** @type {{ detail?: unknown, title?: unknown }} */ (problem)
    return [detail, title].find((text) => typeof text === "string" && text !== "")?.toString()
  } catch {
    return undefined
  }
}

/**
 * The error of an answer that is no success. A proxy's HTML page is not shown, its status is.
 * @param {number} status
 * @param {string} body
 */
export const refusal = (status, body) =>
  new ApiError(status, sentenceOf(body) ?? `The server answered with status ${status}.`)
