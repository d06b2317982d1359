// ops account: what is remembered of each gateway's account, and taking another one for right.
// Must not know: gateways, who the person is.
import type { Command } from 'commander'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { step } from '../options.ts'
import { grid, json, oneLine, timeText } from '../render.ts'

const account = z.looseObject({
  gateway: z.string(),
  channels: z.array(z.string()),
  rememberedAt: z.string(),
  differsSince: z.string().nullable(),
  said: z.string().nullable(),
})

export function addAccount(program: Command, { api, out }: Context): void {
  const accounts = program.command('account').description("Gateways' accounts, as they are remembered.")
  accounts
    .command('list')
    .description('Lists each account, and since when it answers for another one.')
    .option('--json', 'print the answer as JSON', false)
    .action(async ({ json: asJson }: { json: boolean }) => {
      const found = await api().get('/accounts', z.object({ accounts: z.array(account) }))
      if (asJson) return json(out, found)
      const rows = found.accounts.map((each) => [
        each.gateway,
        timeText(each.rememberedAt),
        each.differsSince === null ? '-' : timeText(each.differsSince),
        each.said ?? each.channels.join(', '),
      ])
      grid(out, ['gateway', 'remembered', 'differs since', 'channels, or the difference'], rows)
    })
  accounts
    .command('accept')
    .description('Takes the account as it is shown now: it was changed on purpose.')
    .argument('<gateway>', 'its account, kind/name')
    .requiredOption('--reason <text>', 'why, for the journal')
    .option('--json', 'print the answer as JSON', false)
    .action(async (gateway: string, { reason, json: asJson }: { reason: string; json: boolean }) => {
      const path = gateway.split('/').map(step).join('/')
      const found = await api().post(`/accounts/${path}/accept`, { reason }, z.object({ account }))
      if (asJson) return json(out, found)
      out.write(`${found.account.gateway} is remembered as ${oneLine(found.account.channels.join(', '))}\n`)
    })
}
