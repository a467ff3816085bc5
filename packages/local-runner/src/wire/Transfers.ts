import { FileSystem, HttpBody, HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { spanned } from "@runner-connector/core"
import { Endpoints, WriteBehind } from "@runner-connector/protocol"
import { Duration, Effect, identity, Option, Stream } from "effect"
import { RequestRefused, redirection, ServerUnavailable, type WireError } from "./Answers.ts"
import * as FormBody from "./FormBody.ts"
import { uploading, whileMoving } from "./Moving.ts"
import type { Lease } from "./RunnerCalls.ts"
import * as Wire from "./Wire.ts"

const DOWNLOAD_TIMEOUT = Duration.minutes(2)

const MAX_REDIRECTS = 5

const { method } = Endpoints.maxQuality

/** The answer to a download: the file, with its strong entity tag if it has one, or that the known version is current. */
export type Downloaded =
  | { readonly _tag: "Saved"; readonly etag: Option.Option<string> }
  | { readonly _tag: "Unchanged" }

/**
 * Streams an input file of a job to a new file. Like the official runner, it requests only the path (query and fragment
 * are dropped), sends both tokens in a JSON body, and follows redirects. The tokens are never sent to another server.
 * Fails if the body is shorter than announced. Saves nothing if the file still has the entity tag `known`.
 */
export const download: (
  wire: Wire.Wire,
  lease: Lease,
  file: { readonly address: string; readonly path: string; readonly known?: string | undefined }
) => Effect.Effect<Downloaded, WireError | PlatformError, FileSystem.FileSystem> = spanned("Transfers.download")(
  function* (wire, { jobToken, runnerToken }, { address, known, path }) {
    const tokens = yield* Wire.encodeRequest(Endpoints.maxQuality, { runnerToken, jobToken })
    const url = yield* parseAddress(address)
    url.search = ""
    const first = HttpClientRequest.make(method)(url).pipe(
      HttpClientRequest.setBody(HttpBody.unsafeJson(tokens)),
      HttpClientRequest.setHeaders(conditionOf(known))
    )
    return yield* whileMoving("download", DOWNLOAD_TIMEOUT, (moved) =>
      Effect.gen(function* (): Effect.fn.Return<Downloaded, WireError | PlatformError, FileSystem.FileSystem> {
        const response = yield* follow(wire, { request: first, url, known })
        if (isUnchanged(response, known)) {
          yield* Effect.ignore(Stream.runDrain(response.stream))
          return { _tag: "Unchanged" }
        }
        yield* save(response, path, moved)
        return { _tag: "Saved", etag: strongTagOf(response) }
      })
    )
  }
)

const conditionOf = (known: string | undefined): Record<string, string> =>
  known === undefined ? {} : { "if-none-match": known }

/** Servers answer 412 to a POST and 304 to a GET, or 304 to both. */
const isUnchanged = ({ status }: HttpClientResponse.HttpClientResponse, known: string | undefined): boolean =>
  known !== undefined && (status === 304 || status === 412)

/** The tag that changes with each byte of the file. Weak tags do not, nor those of files that were compressed on the way. */
const strongTagOf = ({ headers }: HttpClientResponse.HttpClientResponse): Option.Option<string> =>
  Option.filter(
    Option.fromNullable(headers.etag),
    (tag) => /^"[\x21\x23-\x7e]+"$/.test(tag) && headers["content-encoding"] === undefined
  )

const parseAddress = (address: string, base?: URL): Effect.Effect<URL, RequestRefused> =>
  Effect.suspend(() => {
    const url = URL.canParse(address, base) ? new URL(address, base) : undefined
    if (url?.protocol !== "http:" && url?.protocol !== "https:") {
      return Effect.fail(new RequestRefused({ operation: "download", detail: "the address does not use HTTP" }))
    }
    url.hash = ""
    url.username = ""
    url.password = ""
    return Effect.succeed(url)
  })

/** A request of a file, of which the client may already have a version. */
interface Fetch {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: URL
  readonly known: string | undefined
}

const follow = (
  wire: Wire.Wire,
  { known, request, url }: Fetch,
  redirectsLeft = MAX_REDIRECTS
): Effect.Effect<HttpClientResponse.HttpClientResponse, WireError> =>
  Effect.gen(function* () {
    const response = yield* Wire.execute(wire, "download", request)
    if (isUnchanged(response, known)) return response
    const how = redirection(response.status)
    const location = response.headers.location
    if (how === undefined || location === undefined || redirectsLeft === 0) {
      return yield* Wire.expectStatus("download", Endpoints.maxQuality.status, response)
    }
    const next = yield* parseAddress(location, url)
    if (how === "repeat" && next.origin !== url.origin && request.body._tag !== "Empty") {
      return yield* new RequestRefused({
        operation: "download",
        detail: `redirected to ${next.host}, which must not receive tokens`
      })
    }
    const onwards =
      how === "get"
        ? HttpClientRequest.get(next, { headers: conditionOf(known) })
        : HttpClientRequest.setUrl(request, next)
    return yield* follow(wire, { request: onwards, url: next, known }, redirectsLeft - 1)
  })

const save = (
  response: HttpClientResponse.HttpClientResponse,
  path: string,
  moved: Effect.Effect<void>
): Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // A file under this path may be kept for other jobs under another name, so its bytes must not change.
    yield* fs.remove(path, { force: true })
    const file = yield* fs.open(path, { flag: "wx", mode: 0o600 })
    const behind = yield* WriteBehind.make(file, identity<PlatformError>, { syncEvery: Number.POSITIVE_INFINITY })
    let size = 0
    yield* response.stream.pipe(
      Stream.mapError((error) => Wire.brokenOff("download", error)),
      Stream.runForEach((bytes) => {
        size += bytes.length
        return Effect.zipRight(moved, behind.write(bytes))
      })
    )
    yield* behind.end
    const announced = response.headers["content-length"]
    const isEncoded = response.headers["content-encoding"] !== undefined
    if (announced !== undefined && !isEncoded && Number(announced) !== size) {
      const detail = `the file ended after ${size} of ${announced} bytes`
      return yield* new ServerUnavailable({ operation: "download", detail })
    }
  }).pipe(Effect.scoped)

/** The upload address for a file of the result. If set, the file is not part of the `success` form. */
export interface CustomUpload {
  readonly url: string
  readonly method: "PUT" | "POST"
}

/** Uploads a file of the result to a separate address, as a form with one part named `file` and without tokens. */
export const upload: (
  wire: Wire.Wire,
  target: CustomUpload,
  file: FormBody.FilePart
) => Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> = spanned("Transfers.upload")(
  function* (wire, target, file) {
    const url = yield* parseAddress(target.url)
    const form = yield* FormBody.make({ fields: [], files: [{ ...file, field: "file" }] })
    const response = yield* uploading("upload", form, (body) =>
      Wire.execute(wire, "upload", HttpClientRequest.make(target.method)(url).pipe(HttpClientRequest.setBody(body)))
    )
    yield* Wire.expectStatus("upload", Endpoints.success.status, response)
  }
)
