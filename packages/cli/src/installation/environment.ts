import { ConfigProvider, Layer } from "effect"

const isFilled = (entry: [string, string | undefined]): entry is [string, string] =>
  entry[1] !== undefined && entry[1] !== ""

/** Variables as settings. An empty variable counts as unset, because Compose files and shells set such variables. */
export const settingsOf = (variables: NodeJS.ProcessEnv): ConfigProvider.ConfigProvider =>
  ConfigProvider.fromMap(new Map(Object.entries(variables).filter(isFilled)), { pathDelim: "_", seqDelim: "," })

/** Reads settings from the environment of the process. Programs provide it last, so that all their layers read it. */
export const environment: Layer.Layer<never> = Layer.setConfigProvider(settingsOf(process.env))
