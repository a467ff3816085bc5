import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { isRunning } from "../../../test/fixtures/isRunning.ts"
import type { LocalRunner } from "../src/index.ts"
import { fixture, instantFfmpeg, jobFolders, quickest, startRunner, testServer, until } from "./support/harness.ts"
import type { Job, TestServer } from "./support/TestServer.ts"

const script = fileURLToPath(new URL("./support/whisper.mjs", import.meta.url))

const whisper = (how: string, more: Partial<LocalRunner.Transcriber> = {}): LocalRunner.Transcriber => ({
  command: process.execPath,
  args: [script, "{input}", "{outputDirectory}", how],
  ...more
})

const addTranscription = (server: TestServer, source = fixture("moov-last.mp4")): Job => {
  const { payload } = server.addJob({ state: "Gone" })
  const job = server.addJob({ type: "video-transcription", source, payload })
  const { input } = payload as { readonly input: { readonly videoFileUrl: string } }
  const videoFileUrl = input.videoFileUrl.replace(/jobs\/[^/]+/, `jobs/${job.uuid}`)
  Object.assign(job, { payload: { input: { videoFileUrl }, output: {} } })
  return job
}

const transcribe = (transcription: LocalRunner.Transcriber, source?: string) =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = addTranscription(server, source)
    const { workDirectory } = yield* startRunner(server, quickest, { transcription })
    yield* until("the job has ended", () => job.state === "Completed" || job.state === "Errored")
    expect(job.messages.join()).not.toContain(workDirectory)
    const part = (name: string) => job.result.find((candidate) => candidate.name === `payload[${name}]`)
    return {
      message: job.messages[0],
      language: part("inputLanguage")?.content.toString(),
      file: part("vttFile")
    }
  })

describe("transcription", { timeout: 300_000 }, () => {
  it.scopedLive("converts the audio to a mono 16 kHz WAV file for the command", () =>
    Effect.gen(function* () {
      const { file, language, message } = yield* transcribe(whisper("name"))
      expect([message, language]).toEqual([undefined, "pt-BR"])
      expect(file).toMatchObject({ filename: "transcript.vtt", contentType: "text/vtt" })
      expect(file?.content.toString()).toBe("WEBVTT\n\n00:00.000 --> 00:01.000\nRIFF, 1 channel, 16000 Hz\n")
    })
  )

  for (const [what, transcription, expected] of [
    ["the JSON file next to the text", whisper("details"), "de"],
    ["the result in the JSON file", whisper("result"), "fr"],
    ["the configuration, with priority over the output", whisper("details", { language: "it" }), "it"]
  ] as const) {
    it.scopedLive(`reads the language from ${what}`, () =>
      Effect.gen(function* () {
        const { language, message } = yield* transcribe(transcription)
        expect([message, language]).toEqual([undefined, expected])
      })
    )
  }

  for (const [what, how, sentence] of [
    ["no text is written", "nothing", "The transcription command succeeded but created no .vtt file"],
    ["two texts are written", "two", "The transcription command created 2 .vtt files"],
    ["the language is missing", "silent", "The transcription command did not report a language"],
    ["the language is invalid", "wrong details", "The transcription command did not report a language"],
    [
      "the command fails",
      "fail",
      "The transcription command failed with exit code 3\nloading the model\naudio.wav: no speech in it"
    ]
  ] as const) {
    it.scopedLive(`fails the job when ${what}`, () =>
      Effect.gen(function* () {
        expect((yield* transcribe(whisper(how))).message).toBe(sentence)
      })
    )
  }

  it.scopedLive("fails the job when the command does not exist", () =>
    Effect.gen(function* () {
      const { message } = yield* transcribe(whisper("name", { command: "no-such-command" }))
      expect(message).toBe("The transcription command could not be run or was killed")
    })
  )

  it.scopedLive("fails the job when the source has no audio", () =>
    Effect.gen(function* () {
      const { message } = yield* transcribe(whisper("name"), fixture("portrait.mp4"))
      expect(message).toBe("The source has no audio stream")
    })
  )

  it.scopedLive("kills a command at its time limit, even if it ignores SIGTERM", () =>
    Effect.gen(function* () {
      const { message = "" } = yield* transcribe(whisper("hang", { timeout: "8 seconds" }))
      const [, pid] = /^The transcription command was stopped after 8s\nprocess (\d+)$/.exec(message) ?? []
      expect(message).toMatch(/\d$/)
      expect(isRunning(Number(pid))).toBe(false)
    })
  )

  it.scopedLive("kills the command and gives the job back when the runner stops", () =>
    Effect.gen(function* () {
      const server = yield* testServer
      const job = addTranscription(server)
      const { stop, workDirectory } = yield* startRunner(server, quickest, { transcription: whisper("hang") })
      let pid = Number.NaN
      yield* until("the command runs", async () => {
        const [folder = ""] = await jobFolders(workDirectory)
        pid = Number(await readFile(join(workDirectory, "jobs", folder, "transcript", "pid"), "utf8").catch(() => NaN))
        return pid > 0
      })
      expect(isRunning(pid)).toBe(true)
      yield* stop
      expect([job.state, job.reasons]).toEqual(["Pending", ["Runner stopped"]])
      expect(isRunning(pid)).toBe(false)
    })
  )

  it.scopedLive("is requested only with a command", () =>
    Effect.gen(function* () {
      const [able, unable] = [yield* testServer, yield* testServer]
      yield* startRunner(able, instantFfmpeg, { transcription: whisper("name"), jobTypes: [] })
      yield* startRunner(unable, instantFfmpeg)
      const typesOf = (server: TestServer) => server.callsOf("request")[0]?.fields.jobTypes
      yield* until(
        "both runners have requested jobs",
        () => typesOf(able) !== undefined && typesOf(unable) !== undefined
      )
      expect(typesOf(able)).toEqual(["video-transcription"])
      expect(typesOf(unable)).not.toContain("video-transcription")
    })
  )
})
