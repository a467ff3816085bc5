#!/usr/bin/env node
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { AutoFfmpeg } from "@runner-connector/ffmpeg"
import { Cause, Console, Effect, Exit, Layer, Logger, Option } from "effect"
import { type CommandLine, readCommandLine } from "./commandLine.ts"
import { help } from "./options.ts"
import { type ProgramSettings, readSettings } from "./ProgramSettings.ts"
import { InvalidSettings } from "./problems.ts"
import { serve } from "./serve.ts"
import { packageVersion } from "./version.ts"

const FAILED = 1
const INVALID = 2

const logging = ({ logFormat, logLevel }: ProgramSettings) =>
  Layer.merge(Logger.minimumLogLevel(logLevel), logFormat === "json" ? Logger.json : Layer.empty)

const program = (commandLine: CommandLine) =>
  Effect.gen(function* () {
    if (commandLine.switches.has("help")) return yield* Console.log(help)
    if (commandLine.switches.has("version")) return yield* Console.log(packageVersion)
    const settings = yield* readSettings(commandLine, process.env)
    const running = Effect.scoped(serve(settings)).pipe(Effect.provide(AutoFfmpeg.layer))
    yield* Effect.provide(running, logging(settings))
  }).pipe(Effect.provide(Layer.mergeAll(NodeContext.layer, NodeHttpClient.layer)))

const sentenceOf = (cause: Cause.Cause<{ readonly message: string }>): string =>
  Option.match(Cause.failureOption(cause), { onNone: () => Cause.pretty(cause), onSome: ({ message }) => message })

// Only the user of the program can read the files that it and FFmpeg write.
process.umask(0o077)
const exit = await Effect.runPromiseExit(program(readCommandLine(process.argv.slice(2))))
if (Exit.isFailure(exit)) console.error(sentenceOf(exit.cause))
const isInvalid =
  Exit.isFailure(exit) && Option.exists(Cause.failureOption(exit.cause), (e) => e instanceof InvalidSettings)
process.exit(Exit.isSuccess(exit) ? 0 : isInvalid ? INVALID : FAILED)
