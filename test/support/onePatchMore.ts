// A build of the workflows that fits what runs: a refund begins with one more timer, where it begins under this build. The entry of
// a bundle, as workflows/index.ts.
// Must not know: who deploys it.
import { patched, sleep } from '@temporalio/workflow'
import type { RefundInput } from '../../workflows/messages.ts'
import { refund as before } from '../../workflows/refund.ts'

export { payment, stray, supervise, sweep } from '../../workflows/index.ts'

export async function refund(input: RefundInput): Promise<unknown> {
  if (patched('oneMoreTimer')) await sleep('1 second')
  return before(input)
}
