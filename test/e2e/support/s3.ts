import { randomUUID } from "node:crypto"
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client
} from "@aws-sdk/client-s3"
import { Effect, type Scope } from "effect"
import { sharedRadosgw } from "../../services/sharedRadosgw.ts"

/** A new bucket of the shared service. */
export interface Bucket {
  readonly name: string
  /** The address of its objects, without a signature. */
  readonly url: string
  /** The server's settings. */
  readonly env: Readonly<Record<string, string>>
  readonly keys: Effect.Effect<ReadonlyArray<string>>
  readonly unfinished: Effect.Effect<ReadonlyArray<string>>
  readonly put: (key: string, content: Uint8Array) => Effect.Effect<void>
  /** Lets everybody read the objects below `videos/`. */
  readonly publish: Effect.Effect<void>
  /** Allows pages of these origins to read objects of the bucket. */
  readonly admit: (origins: ReadonlyArray<string>) => Effect.Effect<void>
}

/** The policy of the documentation. */
const policyOf = (bucket: string) => ({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${bucket}/videos/*`] }
  ]
})

/** The CORS rule of the documentation. */
const corsOf = (origins: ReadonlyArray<string>) => ({
  AllowedOrigins: [...origins],
  AllowedMethods: ["GET", "HEAD"],
  AllowedHeaders: ["range"],
  ExposeHeaders: ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"],
  MaxAgeSeconds: 3600
})

/** Makes a bucket. The endpoint may be a proxy of the service. */
export const newBucket = (endpoint?: string): Effect.Effect<Bucket, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { accessKeyId, endpoint: direct, secretAccessKey } = sharedRadosgw()
    const credentials = { accessKeyId, secretAccessKey }
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => new S3Client({ endpoint: direct, region: "us-east-1", forcePathStyle: true, credentials })),
      (client) => Effect.sync(() => client.destroy())
    )
    const name = `e2e-${randomUUID()}`
    yield* Effect.promise(() => client.send(new CreateBucketCommand({ Bucket: name })))
    return {
      name,
      url: `${direct}/${name}`,
      env: {
        S3_BUCKET: name,
        S3_ENDPOINT: endpoint ?? direct,
        S3_ACCESS_KEY_ID: accessKeyId,
        S3_SECRET_ACCESS_KEY: secretAccessKey
      },
      keys: Effect.promise(async () => {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: name }))
        return Contents.map(({ Key }) => String(Key))
      }),
      unfinished: Effect.promise(async () => {
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: name }))
        return Uploads.map(({ Key }) => String(Key))
      }),
      put: (key, content) =>
        Effect.promise(async () => {
          await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: content }))
        }),
      admit: (origins) =>
        Effect.promise(async () => {
          const rules = { CORSRules: [corsOf(origins)] }
          await client.send(new PutBucketCorsCommand({ Bucket: name, CORSConfiguration: rules }))
        }),
      publish: Effect.promise(async () => {
        await client.send(new PutBucketPolicyCommand({ Bucket: name, Policy: JSON.stringify(policyOf(name)) }))
      })
    }
  })
