import { JSONSchema, type Schema } from "effect"
import type { AnyEndpoint } from "../http/Endpoint.ts"
import { ProblemDocument } from "../http/ProblemDocument.ts"
import { problemMediaType } from "../http/problemResponse.ts"
import { reasons, type Status } from "../http/statuses.ts"

type Json = Readonly<Record<string, unknown>>

/** Converts the encoded sides of schemas to JSON Schema. Schemas with an identifier are collected in `named`. */
const makeSchemas = () => {
  const named: Record<string, JSONSchema.JsonSchema7> = {}
  const schemaOf = ({ ast }: Schema.Schema.Any): Json => ({
    ...JSONSchema.fromAST(ast, {
      definitions: named,
      definitionPath: "#/components/schemas/",
      target: "openApi3.1",
      additionalPropertiesStrategy: "allow"
    })
  })
  return { named, schemaOf }
}

type Schemas = ReturnType<typeof makeSchemas>

const propertiesOf = (schema: Json): Json => ("properties" in schema ? (schema.properties as Json) : {})

const parametersIn = (where: "path" | "query", schema: Json): ReadonlyArray<Json> =>
  Object.entries(propertiesOf(schema)).map(([name, one]) => ({
    name,
    in: where,
    required: where === "path",
    schema: one
  }))

/** Form fields are named like top-level members, or `payload[name]`. Files are parts beside them. */
const formOf = (schema: Json, files: ReadonlyArray<string>): Json => {
  const { payload: _, ...fields } = propertiesOf(schema)
  const parts = Object.fromEntries(files.map((name) => [name, { contentMediaType: "application/octet-stream" }]))
  return {
    ...schema,
    description: "Members of `payload` are fields and files named `payload[…]`.",
    properties: { ...fields, ...parts }
  }
}

const bodyOf = ({ body, files }: AnyEndpoint, schema: Json): Json => {
  const json = { "application/json": { schema } }
  const form = { "multipart/form-data": { schema: formOf(schema, files) } }
  return { required: true, content: body === "form" ? { ...form, ...json } : json }
}

const responseName = (status: Status): string => reasons[status].replaceAll(" ", "")

/** Returns the statuses of an endpoint's errors: those in its record, and those that follow from its other members. */
const refusalsOf = (
  { admin, body, limited, manages, problems }: AnyEndpoint,
  hasParameters: boolean
): ReadonlyArray<Status> => {
  const all = new Set<Status>([...problems, 500, 503])
  if (admin || manages) for (const status of [401, 403, 429] as const) all.add(status)
  else if (limited) all.add(429)
  if (hasParameters || body !== "none") all.add(400)
  if (body !== "none") for (const status of [408, 413, 415] as const) all.add(status)
  return [...all].sort((a, b) => a - b)
}

/** A part of the paths of the runner API. */
const RUNNERS = "/api/v1/runners"

const text = { schema: { type: "string" } }

const successOf = ({ isFile, isStream, response, status }: AnyEndpoint, { schemaOf }: Schemas): Json => {
  if (status === 204) return { 204: { description: "Done" } }
  if (isStream) return { 200: { description: "Server-sent events", content: { "text/event-stream": text } } }
  if (!isFile) return { 200: { description: "OK", content: { "application/json": { schema: schemaOf(response) } } } }
  const content = { "application/octet-stream": {} }
  return {
    200: { description: "The file", content },
    206: { description: "The range named by `Range`", content },
    302: {
      description: "The address of the file in the storage, for a GET without tokens",
      headers: { Location: text }
    },
    412: { description: "The client has this version of the file, which it names in `If-None-Match`" }
  }
}

const tagOf = ({ admin, path }: AnyEndpoint): string => {
  if (!path.includes(RUNNERS)) return "console"
  return admin ? "administration" : "runners"
}

const operationOf = (of: AnyEndpoint, schemas: Schemas) => {
  const request = schemas.schemaOf(of.request)
  const parameters = [
    ...parametersIn("path", schemas.schemaOf(of.params)),
    ...parametersIn("query", schemas.schemaOf(of.query))
  ]
  const refusals = refusalsOf(of, parameters.length > 0)
  const operation: Json = {
    operationId: of.name,
    summary: of.summary,
    tags: [tagOf(of)],
    security: of.admin || of.manages ? [{ administrator: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(of.body === "none" ? {} : { requestBody: bodyOf(of, request) }),
    responses: {
      ...successOf(of, schemas),
      ...Object.fromEntries(refusals.map((one) => [one, { $ref: `#/components/responses/${responseName(one)}` }]))
    }
  }
  return { operation, refusals }
}

const seconds = { description: "Seconds", schema: { type: "integer" } }

/** Headers of error responses. */
const headers: Partial<Record<Status, Json>> = {
  401: { "WWW-Authenticate": text },
  416: { "Content-Range": text },
  429: { "Retry-After": seconds },
  503: { "Retry-After": seconds }
}

const problemResponses = (statuses: ReadonlySet<Status>, problem: Json): Json =>
  Object.fromEntries(
    [...statuses].map((status) => [
      responseName(status),
      {
        description: reasons[status],
        ...(headers[status] === undefined ? {} : { headers: headers[status] }),
        content: { [problemMediaType]: { schema: problem } }
      }
    ])
  )

const description =
  "PeerTube runner API, and its administration. Runners send their tokens in the body of each request, not in a header: " +
  "the runner token, and for a job they have accepted the job token of that attempt."

const tags = [
  { name: "runners", description: "Calls of runners" },
  { name: "administration", description: "Calls of administrators, with a bearer token" },
  { name: "console", description: "Calls of the console, with a bearer token or the cookie of a session" }
]

/** Describes the endpoints by the OpenAPI Specification 3.1.1, as served at the origin of `server`. */
export const describe = (endpoints: ReadonlyArray<AnyEndpoint>, server: URL): Json => {
  const schemas = makeSchemas()
  const statuses = new Set<Status>()
  const paths: Record<string, Json> = {}
  for (const of of endpoints) {
    const path = of.path.replace(/:([A-Za-z]+)/g, "{$1}")
    const { operation, refusals } = operationOf(of, schemas)
    paths[path] = { ...paths[path], [of.method.toLowerCase()]: operation }
    for (const status of refusals) statuses.add(status)
  }
  const problem = schemas.schemaOf(ProblemDocument)
  return {
    openapi: "3.1.1",
    info: { title: "Runners", version: "1", description },
    servers: [{ url: server.origin }],
    tags,
    paths,
    components: {
      schemas: schemas.named,
      responses: problemResponses(statuses, problem),
      securitySchemes: { administrator: { type: "http", scheme: "bearer" } }
    }
  }
}
