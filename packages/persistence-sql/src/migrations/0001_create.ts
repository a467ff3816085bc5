import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const runners = `
  CREATE TABLE runner_connector.registration_token (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    hint text NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL
  );
  CREATE TABLE runner_connector.runner (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    description text,
    token_hash text NOT NULL UNIQUE,
    registration_token_id integer NOT NULL REFERENCES runner_connector.registration_token ON DELETE CASCADE,
    version text,
    job_types jsonb NOT NULL DEFAULT 'null',
    ip text,
    last_contact timestamptz(3) NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL
  );
  CREATE INDEX runner_registration_token ON runner_connector.runner (registration_token_id);
`

// Jobs outlive their videos, so video_id refers to nothing. Neither does parent_id: what waits for a job that is removed
// is removed by name and revision, never behind somebody's back.
const jobs = `
  CREATE TABLE runner_connector.runner_job (
    id uuid PRIMARY KEY,
    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    type text NOT NULL,
    state text NOT NULL CHECK (state IN (
      'Pending', 'Processing', 'Completed', 'Errored', 'WaitingForParent', 'Cancelled', 'ParentErrored',
      'ParentCancelled', 'Completing'
    )),
    payload jsonb NOT NULL,
    private_payload jsonb NOT NULL,
    priority integer NOT NULL,
    progress integer,
    failures integer NOT NULL,
    stalls integer NOT NULL,
    not_before timestamptz(3),
    attempts jsonb NOT NULL DEFAULT '[]',
    error text,
    runner_id integer REFERENCES runner_connector.runner ON DELETE SET NULL,
    job_token_hash text,
    result_id uuid,
    uploads jsonb NOT NULL DEFAULT '[]',
    parent_id uuid,
    video_id uuid,
    awaited boolean NOT NULL DEFAULT true,
    started_at timestamptz(3),
    finished_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    revision integer NOT NULL
  ) WITH (fillfactor = 80);
`

// A heartbeat changes updated_at, progress and revision, most often of all. No index may hold one of them: only then
// can PostgreSQL write the new row beside the old one (the fill factor leaves it room) and leave all indexes alone.
const jobIndexes = `
  CREATE INDEX runner_job_pending ON runner_connector.runner_job (type, priority, sequence) WHERE state = 'Pending';
  CREATE INDEX runner_job_in_hand ON runner_connector.runner_job (state) WHERE state IN ('Processing', 'Completing');
  CREATE INDEX runner_job_open ON runner_connector.runner_job (video_id)
    WHERE awaited AND state IN ('Pending', 'Processing', 'WaitingForParent', 'Completing');
  CREATE INDEX runner_job_parent ON runner_connector.runner_job (parent_id) WHERE parent_id IS NOT NULL;
  CREATE INDEX runner_job_video ON runner_connector.runner_job (video_id, sequence) WHERE video_id IS NOT NULL;
  CREATE INDEX runner_job_runner ON runner_connector.runner_job (runner_id) WHERE runner_id IS NOT NULL;
  CREATE UNIQUE INDEX runner_job_token ON runner_connector.runner_job (job_token_hash)
    WHERE job_token_hash IS NOT NULL;
`

const videos = `
  CREATE TABLE runner_connector.video (
    id uuid PRIMARY KEY,
    number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    state text NOT NULL CHECK (state IN (
      'Published', 'ToTranscode', 'TranscodingFailed', 'ToEdit', 'WaitingForLive', 'LiveEnded'
    )),
    source_key text,
    sound_key text,
    source jsonb NOT NULL,
    plan jsonb NOT NULL,
    destination text NOT NULL,
    base_name text,
    thumbnail_key text,
    files jsonb NOT NULL,
    web_videos jsonb NOT NULL DEFAULT '[]',
    language text,
    captions jsonb NOT NULL DEFAULT '[]',
    storyboard jsonb NOT NULL DEFAULT 'null',
    live jsonb NOT NULL DEFAULT 'null',
    playlist_key text,
    retired jsonb NOT NULL,
    retired_since timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3),
    revision integer NOT NULL
  );
  CREATE INDEX video_destination ON runner_connector.video (destination, number);
  CREATE INDEX video_not_ended ON runner_connector.video (number) WHERE ended_at IS NULL;
  CREATE INDEX video_retired ON runner_connector.video (retired_since) WHERE retired_since IS NOT NULL;
`

/** The first version of all tables. */
export const create: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statements of [runners, jobs, jobIndexes, videos]) yield* sql.unsafe(statements)
})
