export { ApiError, type Client, type ClientOptions, type Input, makeClient } from "./Client.ts"
