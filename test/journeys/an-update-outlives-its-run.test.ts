// A person's command that meets the end of its saga's run is told what it came to: never that it was refused.
// Must not know: how the client asks again.
import { expect } from 'vitest'
import { shopTest } from '../support/shop.ts'

const test = shopTest()

test('over HTTP, a command whose run is terminated under it is carried out once, or whoever asked is sent to the journal', async ({
  shop,
}) => {
  const { refundId, merchantUid } = await shop.paidThenRefunded()
  const [answer] = await Promise.all([
    shop.call('POST', `/refunds/${refundId}/acknowledge`, { owner: 'ann' }),
    shop.client.workflow.getHandle(`refund:${refundId}`).terminate('by hand'),
  ])
  const lines = (await shop.journal(merchantUid)).filter(({ what }) => what === 'acknowledge')
  expect([200, 503], JSON.stringify(answer)).toContain(answer.status)
  if (answer.status === 200) expect(lines).toHaveLength(1)
  else expect(answer.body).toMatchObject({ detail: expect.stringContaining('is in the journal') })
})
