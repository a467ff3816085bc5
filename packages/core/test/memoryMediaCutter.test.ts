import { type CutSample, mediaCutterContract } from "@runner-connector/contracts"
import { Effect, Layer } from "effect"
import * as MemoryDisk from "../src/ports/memory/MemoryDisk.ts"
import * as MemoryMediaCutter from "../src/ports/memory/MemoryMediaCutter.ts"

const PATH = "/film.mp4"

const report = {
  format: { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "30" },
  streams: [
    { index: 0, codec_type: "video", codec_name: "h264", avg_frame_rate: "25/1", duration: "30", nb_frames: "750" },
    { index: 1, codec_type: "audio", codec_name: "aac", duration: "30", channels: 2, sample_rate: "48000" }
  ]
}

const sample: CutSample = { ...{ path: PATH, track: 0, codec: "h264" }, pictures: 750, duration: 30, audio: 1 }

mediaCutterContract(
  "memory",
  Layer.provideMerge(MemoryMediaCutter.layer, MemoryDisk.layer),
  Effect.map(MemoryDisk.MemoryDisk, (disk) => {
    disk.set(PATH, new TextEncoder().encode(JSON.stringify(report)))
    return sample
  }),
  (path) => Effect.map(MemoryDisk.MemoryDisk, (disk) => disk.has(path))
)
