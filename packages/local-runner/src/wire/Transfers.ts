import { FileSystem, HttpBody, HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { spanned } from "@runner-connector/core"
import { Endpoints } from "@runner-connector/protocol"
import { Duration, Effect, Ref, Stream } from "effect"
import { RequestRefused, redirection, ServerUnavailable, type WireError } from "./Answers.ts"
import * as FormBody from "./FormBody.ts"
import { uploading, whileMoving } from "./Moving.ts"
import type { Lease } from "./RunnerCalls.ts"
import * as Wire from "./Wire.ts"

const DOWNLOAD_TIMEOUT = Duration.minutes(2)

const MAX_REDIRECTS = 5

const { method } = Endpoints.maxQuality

/**
 * Streams an input file of a job to a new file. Like the official runner, it requests only the path (query and fragment
 * are dropped), sends both tokens in a JSON body, and follows redirects. The tokens are never sent to another server.
 * Fails if the body is shorter than announced.
 */
export const download: (
  wire: Wire.Wire,
  lease: Lease,
  address: string,
  path: string
) => Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> = spanned("Transfers.download")(function* (
  wire,
  { jobToken, runnerToken },
  address,
  path
) {
  const tokens = yield* Wire.encodeRequest(Endpoints.maxQuality, { runnerToken, jobToken })
  const url = yield* parseAddress(address)
  url.search = ""
  const first = HttpClientRequest.make(method)(url).pipe(HttpClientRequest.setBody(HttpBody.unsafeJson(tokens)))
  yield* whileMoving("download", DOWNLOAD_TIMEOUT, (moved) =>
    Effect.flatMap(follow(wire, first, url), (response) => save(response, path, moved))
  )
})

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

const follow = (
  wire: Wire.Wire,
  request: HttpClientRequest.HttpClientRequest,
  url: URL,
  redirectsLeft = MAX_REDIRECTS
): Effect.Effect<HttpClientResponse.HttpClientResponse, WireError> =>
  Effect.gen(function* () {
    const response = yield* Wire.execute(wire, "download", request)
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
    const onwards = how === "get" ? HttpClientRequest.get(next) : HttpClientRequest.setUrl(request, next)
    return yield* follow(wire, onwards, next, redirectsLeft - 1)
  })

const save = (
  response: HttpClientResponse.HttpClientResponse,
  path: string,
  moved: Effect.Effect<void>
): Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const received = yield* Ref.make(0)
    yield* response.stream.pipe(
      Stream.mapError((error) => Wire.brokenOff("download", error)),
      Stream.tap((bytes) =>
        Effect.zipRight(
          moved,
          Ref.update(received, (sum) => sum + bytes.length)
        )
      ),
      Stream.run(fs.sink(path, { flag: "w", mode: 0o600 }))
    )
    const size = yield* Ref.get(received)
    const announced = response.headers["content-length"]
    const isEncoded = response.headers["content-encoding"] !== undefined
    if (announced !== undefined && !isEncoded && Number(announced) !== size) {
      const detail = `the file ended after ${size} of ${announced} bytes`
      return yield* new ServerUnavailable({ operation: "download", detail })
    }
  })

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
