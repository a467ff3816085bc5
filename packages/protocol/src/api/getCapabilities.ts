import { Capabilities } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

const Capability = Schema.Struct({
  /** A registered runner can do it. It may be offline or busy. */
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
    lives: Capability
  })
})

/** What a runner needs for a type, beside the type itself. */
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

const documentOf = Option.match<typeof Capability.Type, Capabilities.Missing>({
  onNone: () => ({ available: true, missing: null, remedy: null }),
  onSome: (missing) => ({ available: false, ...described(missing) })
})

/** Answers `getCapabilities`. */
export const handleGetCapabilities: Effect.Effect<Handler, never, Reception | Capabilities.Capabilities> =
  Effect.flatMap(Capabilities.Capabilities, ({ missing }) =>
    respondWithDocument(getCapabilities, {
      run: () =>
        Effect.map(missing, ({ captions, editing, lives, renditions, storyboards }) => ({
          renditions: documentOf(renditions),
          captions: documentOf(captions),
          storyboards: documentOf(storyboards),
          editing: documentOf(editing),
          lives: documentOf(lives)
        }))
    })
  )
