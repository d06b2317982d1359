// ops views: the saved views of the Temporal UI, by name and query, each as a link that opens it
// and keeps it in the browser.
// Must not know: what runs. It asks nobody; the UI asks Temporal once a link is opened.
import { Option, type Command } from 'commander'
import type { Context } from '../context.ts'
import { grid, json } from '../render.ts'

export type View = { readonly name: string; readonly query: string }

const OPEN_REFUND = 'WorkflowType="refund" AND ExecutionStatus="Running" AND '

/**
 * Printed in docs/operate.md. The last is refused by servers before 1.30, which do not know its
 * attribute.
 */
export const VIEWS: readonly View[] = [
  { name: 'refunds that need a person', query: `${OPEN_REFUND}Attention IN ("remind","warn","page")` },
  { name: 'refunds that remind', query: `${OPEN_REFUND}Attention="remind"` },
  { name: 'refunds that warn', query: `${OPEN_REFUND}Attention="warn"` },
  { name: 'refunds that page', query: `${OPEN_REFUND}Attention="page"` },
  { name: 'lost answers', query: `${OPEN_REFUND}SagaState="unknown"` },
  { name: 'nobody has taken them', query: `${OPEN_REFUND}Attention IN ("warn","page") AND Owner IS NULL` },
  { name: 'by country, here Germany', query: `${OPEN_REFUND}PayerCountry="DE"` },
  {
    name: 'money that waits for a decision',
    query:
      'WorkflowType IN ("payment","stray") AND ExecutionStatus="Running" AND Attention IN ("remind","warn","page")',
  },
  {
    name: 'task failures',
    query:
      'ExecutionStatus="Running" AND TemporalReportedProblems IN ("category=WorkflowTaskFailed","category=WorkflowTaskTimedOut")',
  },
]

/**
 * The part of the address behind `/workflows`: `only` lists it, without it the browser keeps the
 * view under its name too.
 */
export const viewSearch = ({ name, query }: View, only?: 'list'): string =>
  `?query=${encoded(query)}${only === 'list' ? '' : `&savedQuery=${encoded(name)}`}`

/** Brackets too, which chat tools and Markdown would take for the end of a link. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[()]/g, (each) => `%${each.charCodeAt(0).toString(16)}`)

type Asked = { readonly ui: string; readonly namespace: string; readonly json: boolean }

export function addViews(program: Command, { out }: Pick<Context, 'out'>): void {
  program
    .command('views')
    .description('Prints the saved views of the Temporal UI; opening a link once keeps its view in the browser.')
    .addOption(
      new Option('--ui <address>', 'address of the Temporal UI')
        .env('TEMPORAL_UI_URL')
        .default('http://127.0.0.1:8233'),
    )
    .addOption(new Option('--namespace <name>', 'namespace of the sagas').env('TEMPORAL_NAMESPACE').default('default'))
    .option('--json', 'print names, queries and links as JSON', false)
    .addHelpText('after', '\nColumns, parted by tabs where the output is no terminal:\n  view, link')
    .action(({ ui, namespace, json: asJson }: Asked) => {
      const list = `${ui.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows`
      const views = VIEWS.map((view) => ({ ...view, link: list + viewSearch(view) }))
      if (asJson) json(out, { views })
      else
        grid(
          out,
          ['view', 'link'],
          views.map(({ name, link }) => [name, link]),
        )
    })
}
