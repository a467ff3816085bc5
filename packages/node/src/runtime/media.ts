import type { MediaProbe, MediaRemuxer } from "@runner-connector/core"
import { AutoFfmpeg, type Ffmpeg, type FfmpegError, NativeFfmpeg, WasmFfmpeg } from "@runner-connector/ffmpeg"
import * as Auto from "@runner-connector/probe/auto"
import * as Wasm from "@runner-connector/probe/ffmpeg-wasm"
import * as Native from "@runner-connector/probe/ffprobe"
import { Layer } from "effect"
import { StartFailed } from "../errors/index.ts"
import type { ConnectorOptions } from "../options/ConnectorOptions.ts"

const startFailed = (error: FfmpegError): StartFailed =>
  new StartFailed({
    message: `FFmpeg cannot be used: ${error.message}. Install FFmpeg, or the package @ffmpeg/core`,
    details: { part: "ffmpeg" }
  })

const probes = { auto: Auto.layer, native: Native.layer, wasm: Wasm.layer }
const engines = { auto: AutoFfmpeg.layer, native: NativeFfmpeg.layer, wasm: WasmFfmpeg.layer }

/** Reads media files with the FFmpeg of the options. */
export const probe = ({
  ffmpeg = "auto"
}: ConnectorOptions): Layer.Layer<MediaProbe.MediaProbe | MediaRemuxer.MediaRemuxer, StartFailed> =>
  Layer.mapError(probes[ffmpeg], startFailed)

/** The FFmpeg of the options, for the runner in this process. */
export const engine = ({ ffmpeg = "auto" }: ConnectorOptions): Layer.Layer<Ffmpeg, StartFailed> =>
  Layer.mapError(engines[ffmpeg], startFailed)
