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

/** The message for requests without an answer. */
export const UNREACHABLE = "The server cannot be reached."

/**
 * Returns the `detail` or the `title` of an RFC 9457 problem document.
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
 * Creates the error of a failed answer. For a proxy's HTML page, the error contains only the status.
 * @param {number} status
 * @param {string} body
 */
export const refusal = (status, body) =>
  new ApiError(status, sentenceOf(body) ?? `The server answered with status ${status}.`)
