import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { sharedRadosgw } from "./sharedRadosgw.ts"

it.live("radosgw answers, and refuses requests without a signature", () =>
  Effect.promise(async () => {
    const { endpoint } = sharedRadosgw()
    const anonymous = await fetch(endpoint)
    assert.strictEqual(anonymous.status, 200)
    assert.match(await anonymous.text(), /ListAllMyBucketsResult/)
    const put = await fetch(`${endpoint}/some-bucket`, { method: "PUT" })
    assert.strictEqual(put.status, 403)
    await put.arrayBuffer()
  })
)
