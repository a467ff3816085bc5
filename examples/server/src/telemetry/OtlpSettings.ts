import { parsed, secret } from "@runner-connector/cli/installation"
import { Config, Either, Option, Redacted } from "effect"

/** Where traces and metrics are sent. */
export interface OtlpSettings {
  readonly endpoint: URL
  readonly headers: Redacted.Redacted<Readonly<Record<string, string>>>
}

const endpoint = parsed(
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "A collector of OpenTelemetry, such as `http://localhost:4318`. Traces and metrics are sent there over HTTP in JSON. The packages are installed by `npm start` when it is set.",
  (text) =>
    /^https?:\/\//.test(text) && URL.canParse(text)
      ? Either.right(new URL(text))
      : Either.left("expected a URL such as http://localhost:4318")
)

const headers = Config.withDescription(
  secret("OTEL_EXPORTER_OTLP_HEADERS"),
  "Headers for the collector, such as `authorization=Bearer abc,x-tenant=1`. Never logged."
)

const headersOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const at = pair.indexOf("=")
      return at > 0 ? [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]] : []
    })
  )

/** None: nothing is sent. */
export const otlp: Config.Config<Option.Option<OtlpSettings>> = Config.map(
  Config.all({ endpoint, headers }),
  ({ endpoint, headers }) =>
    Option.map(endpoint, (url) => ({
      endpoint: url,
      headers: Redacted.make(
        Option.match(headers, { onNone: () => ({}), onSome: (text) => headersOf(Redacted.value(text)) })
      )
    }))
)
