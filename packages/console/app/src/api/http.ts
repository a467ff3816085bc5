import { place } from "../site.ts"
import { needsSignIn } from "../state/session.ts"
import { t } from "../texts.ts"

/** The server's refusal, or the lack of any answer (status 0), in words for the user. */
export class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = "ApiError"
    this.status = status
  }
}

/** The `detail` or the `title` of a problem document (RFC 9457). */
const sentenceOf = (body: string): string | undefined => {
  try {
    const { detail, title } = JSON.parse(body) as { detail?: unknown; title?: unknown }
    return [detail, title].find((text) => typeof text === "string" && text !== "")?.toString()
  } catch {
    return undefined
  }
}

/** The error of a failed answer. For a proxy's HTML page it has only the status. */
export const refusal = (status: number, body: string): ApiError => {
  if (status === 401) needsSignIn.value = true
  return new ApiError(status, status === 0 ? t.errors.unreachable : (sentenceOf(body) ?? t.errors.status(status)))
}

type Query = Readonly<Record<string, string | number | ReadonlyArray<string | number> | undefined>>

const withQuery = (path: string, query: Query): string => {
  const values = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== "") values.append(name, String(one))
    }
  }
  return values.size === 0 ? path : `${path}?${values}`
}

/** The administration of runners is below `/api/` of the origin, wherever the rest of the API is. */
export const apiUrl = (path: string, query: Query = {}): string =>
  withQuery(path.startsWith("/api/") ? path : `${place.api}${path}`, query)

/** Sends a request and returns the JSON of the answer, or undefined for an empty one. */
export const call = async <A>(
  method: string,
  path: string,
  { body, query, signal }: { readonly body?: unknown; readonly query?: Query; readonly signal?: AbortSignal } = {}
): Promise<A> => {
  const json = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
  const answer = await fetch(apiUrl(path, query), { method, ...json, signal }).catch((error) => {
    throw signal?.aborted ? error : refusal(0, "")
  })
  const text = await answer.text()
  if (!answer.ok) throw refusal(answer.status, text)
  return (text === "" ? undefined : JSON.parse(text)) as A
}

export const get = <A>(path: string, query?: Query, signal?: AbortSignal): Promise<A> =>
  call("GET", path, { query, signal })

/** Sends a form and reports its progress, which `fetch` cannot do. */
export const sendForm = (
  path: string,
  form: FormData,
  { onProgress, signal }: { readonly onProgress: (sent: number, total: number) => void; readonly signal: AbortSignal }
): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open("POST", apiUrl(path))
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request.status, request.responseText)))
    request.onerror = () => reject(refusal(0, ""))
    request.onabort = () => reject(refusal(0, ""))
    signal.addEventListener("abort", () => request.abort())
    request.send(form)
  })
