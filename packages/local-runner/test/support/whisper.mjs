// Simulates a transcription program: node whisper.mjs <recording> <folder> <behaviour>
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const [, , input, folder, how] = process.argv
const wave = readFileSync(input)
const heard = `${wave.toString("latin1", 0, 4)}, ${wave.readUInt16LE(22)} channel, ${wave.readUInt32LE(24)} Hz`
const text = (name) => writeFileSync(join(folder, name), `WEBVTT\n\n00:00.000 --> 00:01.000\n${heard}\n`)
const details = (content) => writeFileSync(join(folder, "audio.json"), JSON.stringify(content))

// More than a pipe holds. If the runner does not read it, this program hangs.
process.stdout.write("word ".repeat(100_000))

if (how === "name") text("audio.pt-BR.vtt")
if (how === "details") {
  text("audio.wav.vtt")
  details({ text: "word", language: "de" })
}
if (how === "result") {
  text("audio.vtt")
  details({ result: { language: "fr" } })
}
if (how === "silent" || how === "two") text("audio.vtt")
if (how === "two") text("other.vtt")
if (how === "wrong details") {
  text("audio.vtt")
  details({ language: "../en" })
}
if (how === "fail") {
  console.error("loading the model")
  console.error(`${input}: no speech in it`)
  process.exitCode = 3
}
if (how === "hang") {
  process.on("SIGTERM", () => {})
  setInterval(() => {}, 1000)
  writeFileSync(join(folder, "pid"), `${process.pid}`)
  console.error(`process ${process.pid}`)
}
