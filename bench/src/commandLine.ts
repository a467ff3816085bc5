import { type ParseArgsConfig, parseArgs } from "node:util"

/** Prints the faults of the arguments and exits with status 2. */
export const refuse = (message: string): never => {
  console.error(`${message}\nUse --help to see all options.`)
  process.exit(2)
}

const parsed = <C extends ParseArgsConfig>(config: C) => {
  try {
    return parseArgs(config)
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

/** The arguments of this program. `--help` prints the help and ends it. */
export const readArguments = <C extends ParseArgsConfig>(help: string, config: C) => {
  if (process.argv.slice(2).includes("--help")) {
    console.log(help)
    process.exit(0)
  }
  return parsed(config)
}

/** The value of an option as a whole number from 1 on. */
export const wholeNumber = (option: string, text: string): number => {
  const number = Number(text)
  const isFine = /^\d{1,9}$/.test(text) && number > 0
  return isFine ? number : refuse(`--${option}: expected a whole number from 1 to 999999999, not ${text}.`)
}
