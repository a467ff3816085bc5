import { Effect } from "effect"
import { Ffmpeg, WasmFfmpeg } from "../../src/index.ts"
import { endless } from "../endless.ts"

/** Runs FFmpeg without end, in the folder of the argument. */
const program = Effect.flatMap(Ffmpeg, ({ ffmpeg }) => ffmpeg(endless(JSON.parse(process.argv[2] ?? ""))))

await Effect.runPromise(Effect.provide(program, WasmFfmpeg.layer))
