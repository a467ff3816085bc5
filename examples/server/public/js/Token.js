import { askIn } from "./Ask.js"
import { find, setText } from "./Elements.js"
import { ApiError } from "./Problem.js"
import { mayChange } from "./Request.js"

const KEY = "runner-connector.admin-token"
const UNAUTHORIZED = 401
const REFUSED = "This action requires the administrator token."

/** @type {Promise<string | null> | undefined} */
let asking
/** When the user last did not want to give a token. */
let declinedAt = Number.NEGATIVE_INFINITY

/**
 * The administrator's token as this tab remembers it.
 * @returns {string | null}
 */
const remembered = () => sessionStorage.getItem(KEY)

/**
 * Asks for the token; null when the user does not want to give one.
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
 * Asks once for all who wait, and remembers the answer.
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
 * Fails as the change itself would when the server can tell beforehand that it will refuse: nobody wants to send a
 * film in order to be asked for a token.
 * @param {Readonly<Record<string, string>>} headers
 */
const assertAllowed = async (headers) => {
  if (!(await mayChange(headers))) throw new ApiError(UNAUTHORIZED, REFUSED)
}

/**
 * The remembered token as a header. With it the server shows the logs of runners.
 * @returns {Readonly<Record<string, string>>}
 */
export const tokenHeaders = () => {
  const token = remembered()
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

/**
 * Does something that may need the administrator's token: asks for it when the server does, and tries again until it
 * is right. Fails with the server's refusal when the user gives up, and does not ask again for what was wished before
 * that: ten files are not ten questions.
 * @template A
 * @param {(headers: Readonly<Record<string, string>>) => Promise<A>} send
 * @param {number} [wishedAt] when the user asked for it, as `performance.now()` tells
 * @returns {Promise<A>}
 */
export const withToken = async (send, wishedAt = performance.now()) => {
  for (;;) {
    const token = remembered()
    const headers = tokenHeaders()
    try {
      await assertAllowed(headers)
      return await send(headers)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== UNAUTHORIZED) throw error
      // Another request may have brought a newer token while this one was under way.
      if (remembered() !== token) continue
      if (wishedAt < declinedAt) throw error
      if ((await ask(token === null ? "" : "The server did not accept that token.")) === null) throw error
    }
  }
}
