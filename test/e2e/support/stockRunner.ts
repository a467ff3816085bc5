import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { NativeFfmpeg } from "@runner-connector/ffmpeg"
import { type JobType, LocalRunner } from "@runner-connector/local-runner"
import { Effect, Layer, Logger, LogLevel, Option, Record, Redacted, type Scope } from "effect"
import type { api } from "./Api.ts"
import type { ExampleServer } from "./ExampleServer.ts"
import * as FormRunner from "./FormRunner.ts"
import { type Codecs, isCut, stockJobTypes } from "./stockJobTypes.ts"
import { temporaryFolder } from "./workspace.ts"

export type { Codecs } from "./stockJobTypes.ts"

const copying: Codecs = { video: "copy", audio: "copy" }

/** A result that was made and can be delivered. */
export interface Prepared {
  readonly type: string
  readonly resolution: number
  readonly deliver: Effect.Effect<void>
}

const environment = Layer.merge(NativeFfmpeg.layer, NodeContext.layer)

/** Makes the result of a job and reads it, so that its folder can be deleted. */
const make = (codecs: Codecs, job: FormRunner.LeasedJob) =>
  Effect.gen(function* () {
    const jobType = stockJobTypes(codecs).find(({ name }) => name === job.type)
    if (jobType === undefined) return yield* Effect.dieMessage(`A stock runner for tests cannot do ${job.type}`)
    const directory = yield* temporaryFolder
    const download = (url: string, name: string) =>
      Effect.flatMap(job.download(url), (bytes) =>
        Effect.promise(async () => {
          const path = join(directory, name)
          await writeFile(path, bytes)
          return { path, content: bytes }
        })
      )
    const { files } = yield* jobType.run({ payload: job.payload, directory, download })
    const entries = yield* Effect.forEach(files, ({ field, fileName, path }) =>
      Effect.map(FormRunner.fileOf(path, fileName), (file) => [field, file] as const)
    )
    return Record.fromEntries(entries)
  }).pipe(Effect.scoped, Effect.provide(environment), Effect.orDie)

/** Registers a runner that works with the command lines of real PeerTube runners, one job at a time. */
export const register = (
  url: string,
  registrationToken: string,
  codecs: Codecs = { video: "libx264", audio: "copy" }
) =>
  Effect.gen(function* () {
    const runner = yield* FormRunner.register(url, registrationToken, crypto.randomUUID())

    /** Prepares all available jobs one after another. The result of one may be delivered before the next one is requested. */
    const prepareAll = (over: (number: number) => Partial<Codecs>, then: (made: Prepared) => Effect.Effect<void>) =>
      Effect.gen(function* () {
        const done: Array<Prepared> = []
        for (;;) {
          const job = yield* runner.takeNext
          if (Option.isNone(job)) return done
          const { resolution, succeed, type } = job.value
          const result = yield* make({ ...codecs, ...over(done.length) }, job.value)
          const made = { type, resolution, deliver: succeed(result) }
          yield* then(made)
          done.push(made)
        }
      })

    return {
      /** Does all available jobs one after another. */
      workOff: (over: Partial<Codecs> = {}) =>
        prepareAll(
          () => over,
          ({ deliver }) => deliver
        ),
      /** Takes all available jobs in their order, and holds their results back. */
      holdAll: (over: (number: number) => Partial<Codecs> = () => ({})) => prepareAll(over, () => Effect.void)
    }
  })

/** The bundled runner does the jobs for which the commands of real runners are not known here. */
const allJobTypes = (codecs: Codecs): ReadonlyArray<JobType.JobType> => {
  const own = stockJobTypes(codecs)
  return LocalRunner.builtInJobTypes.map((builtIn) => {
    const stock = own.find(({ name }) => name === builtIn.name)
    if (stock === undefined) return builtIn
    if (stock.name !== "video-studio-transcoding") return stock
    return { ...builtIn, run: (context) => (isCut(context) ? stock : builtIn).run(context) }
  })
}

interface Options {
  readonly transcription?: LocalRunner.Transcriber
}

/**
 * Starts a runner that copies tracks, with all job types, until the scope closes. It does three jobs at once. The client
 * must be an administrator's. Needs native FFmpeg.
 */
export const start =
  (options: Options = {}) =>
  (
    { url }: Pick<ExampleServer, "url">,
    admin: Pick<ReturnType<typeof api>, "send">
  ): Effect.Effect<void, unknown, Scope.Scope> =>
    Effect.gen(function* () {
      const { text } = yield* admin.send("/api/v1/runners/registration-tokens/generate", { method: "POST" })
      const registrationToken = Redacted.make<string>(JSON.parse(text).registrationToken)
      const runner = LocalRunner.layer({
        ...{ url, workDirectory: join(yield* temporaryFolder, "stock-runner"), concurrency: 3 },
        ...{ jobTypes: allJobTypes(copying), transcription: options.transcription },
        registration: { registrationToken, name: "stock runner" },
        progressInterval: "1 second"
      })
      const layers = [environment, NodeHttpClient.layer] as const
      yield* Layer.build(runner.pipe(Layer.provide(layers), Layer.provide(Logger.minimumLogLevel(LogLevel.Error))))
    })
