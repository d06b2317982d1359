// ops notices: what the checkout was told of a payment, how its delivery stands, and telling it
// once more.
// Must not know: signatures, deliverers.
import type { Command } from 'commander'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { countOption, queryOf, step } from '../options.ts'
import { grid, json, timeText } from '../render.ts'

const text = z.string().nullable()
const notice = z.looseObject({
  id: z.string(),
  number: z.number(),
  type: z.string(),
  at: z.string(),
  state: z.string(),
  tries: z.number(),
  said: text,
})
const page = z.object({ notices: z.array(notice), cursor: text })
const one = z.object({ notice })

type Listing = { limit: number; cursor?: string; json: boolean }

export function addNotices(program: Command, { api, out, err }: Context): void {
  const notices = program
    .command('notices')
    .description('Notices to the checkout: those of one payment, and sending one once more.')
  notices
    .command('list')
    .description('Lists the notices of a payment in the order of their numbers.')
    .argument('<merchantUid>', 'the payment')
    .option('--limit <number>', 'at most so many', countOption(100), 20)
    .option('--cursor <cursor>', 'the page after, as the page before named it')
    .option('--json', 'print the answer as JSON', false)
    .action(async (merchantUid: string, { json: asJson, ...paging }: Listing) => {
      const found = await api().get(`/notices${queryOf({ merchantUid, ...paging })}`, page)
      if (asJson) return json(out, found)
      const rows = found.notices.map((each) => [
        String(each.number),
        timeText(each.at),
        each.type,
        each.state,
        String(each.tries),
        each.said ?? '-',
        each.id,
      ])
      grid(out, ['number', 'at', 'type', 'state', 'tries', 'said', 'id'], rows)
      if (found.cursor !== null) err.write(`there are more: add --cursor ${found.cursor}\n`)
    })
  notices
    .command('resend')
    .description('Sends a notice once more, under the same id and number; it is tried for a day from now on.')
    .argument('<id>', 'id of the notice')
    .option('--json', 'print the answer as JSON', false)
    .action(async (id: string, { json: asJson }: { json: boolean }) => {
      const found = await api().post(`/notices/${step(id)}/resend`, {}, one)
      if (asJson) return json(out, found)
      out.write(`notice ${found.notice.number} (${found.notice.type}) waits to be sent\n`)
    })
}
