import { assert, it } from "@effect/vitest"
import { type ConnectorConfig, type Jobs, JobType, RunnerConnector } from "@runner-connector/core"
import { Layer } from "effect"
import { Checksum, Waveform, type Waveforms } from "./customJobs/Waveform.ts"

type Connector<Needs> = Layer.Layer<RunnerConnector.UseCases, never, Needs>
type Usual = RunnerConnector.Ports | ConnectorConfig.ConnectorConfig

const jobTypes = [...JobType.builtIn, Waveform, Checksum] as const

const complete: Connector<Usual | Waveforms> = RunnerConnector.layerWith({ jobTypes })

// @ts-expect-error The layer of `Waveforms` is missing.
const incomplete: Connector<Usual> = RunnerConnector.layerWith({ jobTypes })

const usual: Connector<Usual> = RunnerConnector.layerWith({ jobTypes: [...JobType.builtIn, Checksum] })

// @ts-expect-error There is no other way to offer job types, which the connector would ignore.
const ignored: unknown = JobType.layer

const mistyped = ({ create }: Jobs.Jobs["Type"]): ReadonlyArray<unknown> => [
  // @ts-expect-error `samples` is a number.
  create(Waveform, { payload: { samples: "many" }, privatePayload: { folder: "videos" as never } }),
  // @ts-expect-error `privatePayload` is missing.
  create(Checksum, { payload: { url: "https://app.example/file" } })
]

it("the compiler names the ports of job types, and checks their payloads", () => {
  for (const layer of [complete, incomplete, usual]) assert.isTrue(Layer.isLayer(layer))
  assert.isUndefined(ignored)
  assert.isFunction(mistyped)
})
