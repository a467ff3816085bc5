import { type Mp4Packets, UploadedFile } from "@runner-connector/core"
import type { InputBytes } from "@runner-connector/ffmpeg"
import { Effect, Stream } from "effect"

/** An input as readers of MP4 boxes take it. */
export const boxSource = ({ read, size }: InputBytes.InputBytes): Mp4Packets.Source => ({
  size,
  read: ({ end, start }) =>
    Stream.fromEffect(Effect.mapError(read(start, end + 1), (cause) => new UploadedFile.UploadError({ cause })))
})
