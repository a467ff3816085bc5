import { Capabilities } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { ApiHost } from "./ApiHost.ts"

const Capability = Schema.Struct({
  /** A registered runner can do it, although it may be offline or busy. Or the server itself can do it. */
  available: Schema.Boolean,
  /** What is missing. Null when it is available. */
  missing: Schema.NullOr(Schema.String),
  /** How to get it. */
  remedy: Schema.NullOr(Schema.String)
}).annotations({ identifier: "Capability" })

export const getCapabilities = endpoint({
  name: "getCapabilities",
  method: "GET",
  path: "/capabilities",
  summary: "Show what can be done, and what is missing for the rest",
  manages: true,
  limited: false,
  status: 200,
  response: Schema.Struct({
    renditions: Capability,
    captions: Capability,
    storyboards: Capability,
    editing: Capability,
    lives: Capability,
    /** Uploads with tus 1.0.0 at `/videos/uploads` below the path of the API. */
    resumableUploads: Capability
  })
})

/** Further requirements of a type, for the remedy. */
const extras: Readonly<Record<string, string>> = {
  [Capabilities.jobTypes.captions]: " It needs a transcription program such as Whisper.",
  [Capabilities.jobTypes.lives]: " It must reach the RTMP address of the stream."
}

const described = (missing: Capabilities.Missing): { readonly missing: string; readonly remedy: string } => {
  switch (missing._tag) {
    case "JobType":
      return { missing: `This server does not offer ${missing.type}.`, remedy: "Add the job type to the connector." }
    case "Runner":
      return {
        missing: "No runner is registered.",
        remedy: "Create a registration token and register a runner with it."
      }
    case "CapableRunner":
      return {
        missing: `No registered runner requests ${missing.type}.`,
        remedy: `Register a runner that requests ${missing.type}.${extras[missing.type] ?? ""}`
      }
    case "Version":
      return {
        missing: `Every runner that requests ${missing.type} is older than version ${missing.version}.`,
        remedy: `Update a runner to version ${missing.version} or newer.`
      }
  }
}

const available = { available: true, missing: null, remedy: null }

const uploadsOf = (resumableUploads: boolean): typeof Capability.Type =>
  resumableUploads
    ? available
    : {
        available: false,
        missing: "This server receives each upload in one request.",
        remedy: "Set up resumable uploads in the application."
      }

/** What is missing for a capability, and the remedy. */
export const capabilityDocument: (missing: Option.Option<Capabilities.Missing>) => typeof Capability.Type =
  Option.match<typeof Capability.Type, Capabilities.Missing>({
    onNone: () => available,
    onSome: (missing) => ({ available: false, ...described(missing) })
  })

/** Answers `getCapabilities`. */
export const handleGetCapabilities: Effect.Effect<Handler, never, Reception | Capabilities.Capabilities | ApiHost> =
  Effect.gen(function* () {
    const { missing } = yield* Capabilities.Capabilities
    const { resumableUploads } = yield* ApiHost
    return yield* respondWithDocument(getCapabilities, {
      run: () =>
        Effect.map(missing, ({ captions, editing, lives, renditions, storyboards }) => ({
          renditions: capabilityDocument(renditions),
          captions: capabilityDocument(captions),
          storyboards: capabilityDocument(storyboards),
          editing: capabilityDocument(editing),
          lives: capabilityDocument(lives),
          resumableUploads: uploadsOf(resumableUploads)
        }))
    })
  })
