import type { Video } from "@runner-connector/core"
import { Problem } from "@runner-connector/protocol"

const VERSION = "1.0.0"

/** Headers of every answer of this protocol. */
const usual = { "tus-resumable": VERSION, "cache-control": "no-store" }

const problem = (status: Problem.Status, detail: string): Response =>
  Response.json(Problem.documentOf({ status, detail }), {
    status,
    headers: { ...usual, "content-type": Problem.mediaType }
  })

/** The upload is finished, and this is its video. Repeated requests get the same answer. */
export const done = (request: Request, { id, source }: Video.Video): Response => {
  const size = String(source.size)
  const headers = { ...usual, "upload-offset": size, "video-id": id }
  if (request.method === "HEAD") return new Response(null, { headers: { ...headers, "upload-length": size } })
  return request.headers.get("upload-offset") === size
    ? new Response(null, { status: 204, headers })
    : problem(409, "The upload is complete")
}

/** The upload has expired, or its file was rejected. */
export const gone = (): Response => problem(410, "This upload has ended: start again")

/** The answer of the tus server. Its errors are plain text, which becomes a problem document. */
export const translated = async (response: Response): Promise<Response> => {
  response.headers.set("cache-control", "no-store")
  if (response.status < 400) return response
  const text = (await response.text()).trim()
  const detail = response.status < 500 ? text : String(Problem.unexpected.detail)
  const document = Problem.documentOf({ status: response.status as Problem.Status, detail })
  return Response.json(document, {
    status: response.status,
    headers: { ...usual, "content-type": Problem.mediaType }
  })
}
