import { ApiError, makeClient, pathOf } from "@runner-connector/protocol/client"
import { place } from "../site.ts"
import { needsSignIn } from "../state/session.ts"
import { t } from "../texts.ts"

export { ApiError }

const detailOf = (body: string): unknown => {
  try {
    return JSON.parse(body).detail
  } catch {
    return undefined
  }
}

/** The error of a failed answer, in words for the user. Status 0 stands for no answer. */
export const refusal = (status: number, body: string): ApiError => {
  if (status === 401) needsSignIn.value = true
  // A proxy's HTML page has no details.
  const text = status === 0 ? t.errors.unreachable : (detailOf(body) ?? t.errors.status(status))
  return new ApiError(status, String(text), undefined)
}

const send = async (request: Request): Promise<Response> => {
  const answer = await fetch(request).catch((error) => {
    throw request.signal.aborted ? error : refusal(0, "")
  })
  if (!answer.ok) throw refusal(answer.status, await answer.text())
  return answer
}

/** All calls of the API. */
export const client = makeClient({ path: place.api, fetch: send })

interface Sending {
  readonly onProgress: (sent: number, total: number) => void
  readonly signal: AbortSignal
}

/** Sends a form and reports its progress, which `fetch` cannot do. */
export const sendForm = (
  name: "uploadVideo" | "editVideo",
  params: { readonly uuid?: string },
  form: FormData,
  { onProgress, signal }: Sending
): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open("POST", pathOf(name, place.api, { params }))
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request.status, request.responseText)))
    request.onerror = () => reject(refusal(0, ""))
    request.onabort = () => reject(refusal(0, ""))
    signal.addEventListener("abort", () => request.abort())
    request.send(form)
  })
