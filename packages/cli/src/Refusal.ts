import { Schema } from "effect"

/** A command cannot be executed. The message gives the reason. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", { message: Schema.String }) {}

/** An error of the connector as a refusal. */
export const refusal = ({ message }: { readonly message: string }): Refusal => new Refusal({ message: `${message}.` })
