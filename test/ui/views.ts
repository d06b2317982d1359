// The saved views, as ops views prints them, opened one after the other in the real UI: each must list exactly the sagas that its name says.
// Must not know: pictures. What a view should list is told by the API, not by Temporal.
import { isDeepStrictEqual } from 'node:util'
import { VIEWS, viewSearch } from '../../src/ops/commands/views.ts'
import type { TemporalUi } from './browser.ts'
import { eventually, type Saga, type Stage } from './stage.ts'

/** `link` opens it; `saving` opens it and saves it in the browser, anew at each opening. */
type View = { readonly name: string; readonly link: string; readonly saving: string }

const refundThat = (holds: (saga: Saga) => boolean) => (saga: Saga) => saga.type === 'refund' && holds(saga)
const loud = ({ attention }: Saga): boolean => attention === 'warn' || attention === 'page'

const LISTS: Readonly<Record<string, (saga: Saga) => boolean>> = {
  'refunds that need a person': refundThat(({ attention }) => attention !== 'none'),
  'refunds that remind': refundThat(({ attention }) => attention === 'remind'),
  'refunds that warn': refundThat(({ attention }) => attention === 'warn'),
  'refunds that page': refundThat(({ attention }) => attention === 'page'),
  'lost answers': refundThat(({ state }) => state === 'unknown'),
  'nobody has taken them': refundThat((saga) => loud(saga) && saga.owner === null),
  'by country, here Germany': refundThat(({ payerCountry }) => payerCountry === 'DE'),
  'money that waits for a decision': ({ type, attention }) => type === 'stray' && attention !== 'none',
}
/** Lists nothing on servers that know the attribute, and is refused by the others: docs/operate.md says which. */
const TASK_FAILURES = 'task failures'

export function readViews(): readonly View[] {
  return VIEWS.map((view) => ({ name: view.name, link: viewSearch(view, 'list'), saving: viewSearch(view) }))
}

/** Says what each view lists; throws where it lists anything else. */
export async function checkViews(ui: TemporalUi, stage: Stage, say: (line: string) => void): Promise<void> {
  const views = readViews()
  const names = [...Object.keys(LISTS), TASK_FAILURES].toSorted()
  const printed = views.map(({ name }) => name).toSorted()
  if (!isDeepStrictEqual(printed, names))
    throw new Error(`ops views prints ${printed.join(', ')}; here are checks for ${names.join(', ')}`)
  for (const view of views)
    say(`view "${view.name}": ${await (LISTS[view.name] ? exactly(ui, stage, view) : failures(ui, view))}`)
}

async function exactly(ui: TemporalUi, stage: Stage, { name, link }: View): Promise<string> {
  let ids: readonly string[] = []
  await eventually(`the view "${name}" lists what the API tells`, async () => {
    const before = await wanted(stage, name)
    const list = await ui.view(link)
    if (list.refused !== null) throw new Error(`the view "${name}" is refused: ${list.refused}`)
    ids = list.ids.toSorted()
    return isDeepStrictEqual(ids, before)
  })
  return `${ids.length} (${ids.join(', ')})`
}

const wanted = async (stage: Stage, name: string): Promise<readonly string[]> =>
  (await stage.sagas())
    .filter((saga) => LISTS[name]?.(saga))
    .map(({ workflowId }) => workflowId)
    .toSorted()

async function failures(ui: TemporalUi, { name, link }: View): Promise<string> {
  const { ids, refused } = await ui.view(link)
  if (ids.length > 0) throw new Error(`the view "${name}" lists ${ids.join(', ')}: see the log`)
  if (refused !== null && !refused.includes('TemporalReportedProblems'))
    throw new Error(`the view "${name}": ${refused}`)
  return refused === null ? 'none' : 'this server does not know TemporalReportedProblems'
}
