import type { ComponentChildren } from "preact"
import type { Resource } from "../state/resource.ts"
import { t } from "../texts.ts"
import { Failure } from "./basic.tsx"

interface Props<A> {
  readonly of: Pick<Resource<A>, "data" | "error">
  readonly children: (data: A) => ComponentChildren
}

/** Shows the data once they are loaded, or the error. Shows no controls before, because they would move. */
export const Loaded = <A,>({ children, of: { data, error } }: Props<A>) => (
  <>
    <Failure error={error} />
    {data === undefined && error === undefined && <p class="loading">{t.list.loading}</p>}
    {data !== undefined && children(data)}
  </>
)
