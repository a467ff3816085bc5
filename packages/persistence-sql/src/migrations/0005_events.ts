import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

// The number of an event is taken before its transaction commits, so a reader that only remembers the last number would
// miss events that are committed late. Readers order by transaction first and stay behind the oldest running one.
const outbox = `
  CREATE TABLE runner_connector.event (
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    type text NOT NULL,
    occurred_at timestamptz(3) NOT NULL,
    recorded_at timestamptz(3) NOT NULL DEFAULT now(),
    video_id uuid,
    job_id uuid,
    runner_id integer,
    data jsonb NOT NULL,
    PRIMARY KEY (transaction, sequence)
  );
`

const consumers = `
  CREATE TABLE runner_connector.event_consumer (
    name text PRIMARY KEY,
    transaction xid8 NOT NULL,
    sequence bigint NOT NULL,
    owner uuid,
    owned_until timestamptz
  ) WITH (fillfactor = 50);
  CREATE TABLE runner_connector.event_postponed (
    consumer text NOT NULL REFERENCES runner_connector.event_consumer ON DELETE CASCADE,
    transaction xid8 NOT NULL,
    sequence bigint NOT NULL,
    subject text NOT NULL,
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    error text NOT NULL,
    given_up boolean NOT NULL DEFAULT false,
    PRIMARY KEY (consumer, transaction, sequence),
    FOREIGN KEY (transaction, sequence) REFERENCES runner_connector.event ON DELETE CASCADE
  );
  CREATE INDEX event_postponed_event ON runner_connector.event_postponed (transaction, sequence);
`

const webhooks = `
  CREATE TABLE runner_connector.webhook_endpoint (
    id uuid PRIMARY KEY,
    url text NOT NULL,
    description text NOT NULL,
    secret text NOT NULL,
    types jsonb NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL
  );
  CREATE TABLE runner_connector.webhook_delivery (
    endpoint_id uuid NOT NULL REFERENCES runner_connector.webhook_endpoint ON DELETE CASCADE,
    transaction xid8 NOT NULL,
    sequence bigint NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    state text NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    status integer,
    error text,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (endpoint_id, transaction, sequence),
    FOREIGN KEY (transaction, sequence) REFERENCES runner_connector.event ON DELETE CASCADE
  );
  CREATE INDEX webhook_delivery_event ON runner_connector.webhook_delivery (transaction, sequence);
  CREATE INDEX webhook_delivery_due ON runner_connector.webhook_delivery (endpoint_id, due_at) WHERE state = 'pending';
`

/** Adds the outbox, its consumers, and webhooks. */
export const addEvents: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statements of [outbox, consumers, webhooks]) yield* sql.unsafe(statements)
})
