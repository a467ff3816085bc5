import type { Problem } from "@runner-connector/protocol"
import { Schema } from "effect"

/** Carries an error of the host through the tus server. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  error: Schema.declare((_value: unknown): _value is Problem.WireError => true)
}) {}
