export { LocalDisk } from "./LocalDisk.ts"
