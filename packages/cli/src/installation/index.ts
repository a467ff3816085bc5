/** The settings of an installation, for servers and for commands. */

export { endWithSentence } from "../endWithSentence.ts"
export { host, inUrl, localUrlOf, port, publicUrl, reachable } from "./addresses.ts"
export { type DatabaseSettings, database } from "./DatabaseSettings.ts"
export { type DescribedSetting, describedSettings } from "./describedSettings.ts"
export { durationText } from "./durationText.ts"
export { environment, settingsOf } from "./environment.ts"
export { dataDir, Installation, type InstallationSettings } from "./Installation.ts"
export * as Storage from "./Storage.ts"
export { onOff, optional, parsed, positive, secret } from "./settingKinds.ts"
export { shownSettings } from "./shownSettings.ts"
export * as Tables from "./Tables.ts"
