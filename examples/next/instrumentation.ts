/** Starts the connector with the server, and not at the first request. */
export const register = async () => {
  if (process.env.NEXT_RUNTIME === "nodejs") await (await import("./lib/connector")).connector()
}
