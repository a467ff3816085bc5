export { make, type Options, type Site } from "./Site.ts"
