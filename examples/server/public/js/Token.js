import { askIn } from "./Ask.js"
import { find, setText } from "./Elements.js"
import { ApiError } from "./Problem.js"
import { mayChange } from "./Request.js"

const KEY = "runner-connector.admin-token"
const UNAUTHORIZED = 401
const REFUSED = "This action requires the administrator token."

/** @type {Promise<string | null> | undefined} */
let asking
/** The time when the user last cancelled the token dialog. */
let declinedAt = Number.NEGATIVE_INFINITY

/**
 * Returns the administrator token stored in this tab.
 * @returns {string | null}
 */
const remembered = () => sessionStorage.getItem(KEY)

/**
 * Asks for the token. Returns null when the user cancels.
 * @param {string} complaint
 * @returns {Promise<string | null>}
 */
const show = async (complaint) => {
  const dialog = find(document, "#token", HTMLDialogElement)
  const input = find(dialog, "input", HTMLInputElement)
  setText(find(dialog, ".error", HTMLElement), complaint)
  const consent = askIn(dialog)
  input.focus()
  const token = (await consent) ? input.value.trim() : ""
  input.value = ""
  return token === "" ? null : token
}

/**
 * Asks once for all waiting requests and stores the answer.
 * @param {string} complaint
 */
const ask = (complaint) => {
  asking ??= show(complaint).then((token) => {
    asking = undefined
    if (token === null) declinedAt = performance.now()
    else sessionStorage.setItem(KEY, token)
    return token
  })
  return asking
}

/**
 * Fails early when the server would refuse the request, so that the user does not upload a large file before the token
 * is requested.
 * @param {Readonly<Record<string, string>>} headers
 */
const assertAllowed = async (headers) => {
  if (!(await mayChange(headers))) throw new ApiError(UNAUTHORIZED, REFUSED)
}

/**
 * Returns the stored token as a header. With it the server shows the logs of runners.
 * @returns {Readonly<Record<string, string>>}
 */
const tokenHeaders = () => {
  const token = remembered()
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

/**
 * Sends a request that may need the administrator token. When the server requires one, asks the user and retries until
 * the token is valid. Fails with the server's refusal when the user cancels. Requests made before that do not ask again,
 * so that ten files open one dialog.
 * @template A
 * @param {(headers: Readonly<Record<string, string>>) => Promise<A>} send
 * @param {number} wishedAt the time of the user's action, from `performance.now()`
 * @returns {Promise<A>}
 */
const sendWithToken = async (send, wishedAt) => {
  for (;;) {
    const token = remembered()
    try {
      return await send(tokenHeaders())
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== UNAUTHORIZED) throw error
      // Another request may have stored a newer token in the meantime.
      if (remembered() !== token) continue
      if (wishedAt < declinedAt) throw error
      if ((await ask(token === null ? "" : "The server did not accept that token.")) === null) throw error
    }
  }
}

/**
 * Sends a request that changes something. Asks for the token before, because browsers show a refusal only after they have
 * sent the whole body.
 * @template A
 * @param {(headers: Readonly<Record<string, string>>) => Promise<A>} send
 * @param {number} [wishedAt] the time of the user's action, from `performance.now()`
 * @returns {Promise<A>}
 */
export const withToken = (send, wishedAt = performance.now()) =>
  sendWithToken(async (headers) => {
    await assertAllowed(headers)
    return send(headers)
  }, wishedAt)

/** Lets the next request ask for the token, although the user has cancelled the dialog before. */
export const askAgain = () => {
  declinedAt = Number.NEGATIVE_INFINITY
}

/**
 * Sends a request that only reads. A user who has cancelled the token dialog is not asked again by the next poll.
 * @template A
 * @param {(headers: Readonly<Record<string, string>>) => Promise<A>} send
 * @returns {Promise<A>}
 */
export const readWithToken = (send) => sendWithToken(send, 0)
