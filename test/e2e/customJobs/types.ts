import { type ConnectorConfig, type Jobs, JobType, RunnerConnector } from "@runner-connector/core"
import type { Layer } from "effect"
import { Checksum, Waveform, type Waveforms } from "./Waveform.ts"

type Connector<Needs> = Layer.Layer<RunnerConnector.UseCases, never, Needs>
type Usual = RunnerConnector.Ports | ConnectorConfig.ConnectorConfig

const jobTypes = [...JobType.builtIn, Waveform, Checksum] as const

/** The ports of the host's types are requirements of the layer. */
export const complete: Connector<Usual | Waveforms> = RunnerConnector.layerWith({ jobTypes })

// @ts-expect-error The layer of `Waveforms` is missing.
export const incomplete: Connector<Usual> = RunnerConnector.layerWith({ jobTypes })

/** A type without ports of its own needs none. */
export const usual: Connector<Usual> = RunnerConnector.layerWith({ jobTypes: [...JobType.builtIn, Checksum] })

// @ts-expect-error There is no other way to offer job types, which the connector would ignore.
export const ignored: unknown = JobType.layer

export const mistyped = ({ create }: Jobs.Jobs["Type"]): ReadonlyArray<unknown> => [
  // @ts-expect-error `samples` is a number.
  create(Waveform, { payload: { samples: "many" }, privatePayload: { folder: "videos" as never } }),
  // @ts-expect-error `privatePayload` is missing.
  create(Checksum, { payload: { url: "https://app.example/file" } })
]
