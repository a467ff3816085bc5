export { httpCalls, type TestFetch } from "./httpCalls.ts"
