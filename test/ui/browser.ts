// A real Chromium on the Temporal UI: finds it on this machine, opens pages as a person does, reads what they show, takes pictures.
// Must not know: what the workflows are about. Written against UI 2.42.1, the one inside the embedded server.
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium, type Locator, type Page } from 'playwright-core'
import { z } from 'zod'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const SIZE = { width: 1400, height: 900 }
/** What the list shows beside the id, as a person would choose it by the gear below the list. */
const COLUMNS = [
  'Workflow ID',
  'SagaState',
  'Attention',
  'Owner',
  'WaitingSince',
  'AmountMinor',
  'Currency',
  'PayerCountry',
  'NextCheckpoint',
]
const LIMIT_MS = 30_000

export type TemporalUi = ReturnType<typeof uiOn>

export async function openBrowser(
  path: string,
  ui: string,
): Promise<{ temporalUi: TemporalUi; close(): Promise<void> }> {
  // Signals are answered by whoever opens it, so that all parts end in order.
  const deaf = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  const browser = await chromium.launch({ executablePath: findChromium(path), ...deaf })
  const page = await browser.newPage({ viewport: SIZE })
  page.setDefaultTimeout(LIMIT_MS)
  const columns = { default: COLUMNS.map((label) => ({ label })) }
  await page.addInitScript(`localStorage.setItem('namespace-workflow-table-columns', '${JSON.stringify(columns)}')`)
  return { temporalUi: uiOn(page, `${ui}/namespaces/default/workflows`), close: () => browser.close() }
}

/** Throws one sentence where there is none. */
export function findChromium(path: string): string {
  const found = path
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isProgram)
  if (found === undefined)
    throw new Error(
      `no browser is on the PATH (looked for ${NAMES.join(', ')}); on Debian: apt-get install chromium fonts-noto-cjk`,
    )
  return found
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    // Not there, or not ours to run: the next folder may have it.
    return false
  }
}

function uiOn(page: Page, workflows: string) {
  const workflow = async (id: string) => {
    await page.goto(`${workflows}/${encodeURIComponent(id)}`)
    await page.getByRole('tab', { name: 'User Metadata' }).waitFor()
  }
  return {
    /** Opens a view by its link; what the list then shows: its ids, or the server's refusal of the query. */
    view: (link: string) => openView(page, workflows + link),
    list: () => page.getByRole('table').innerText(),
    details: async (id: string): Promise<string> => {
      await workflow(id)
      await page.getByRole('tab', { name: 'User Metadata' }).click()
      return readDetails(page)
    },
    updates: async (id: string): Promise<readonly string[]> => {
      await workflow(id)
      return optionsOf(await openUpdates(page))
    },
    update: async (id: string, name: string, input: object): Promise<void> => {
      await workflow(id)
      await sendUpdate(page, name, input)
    },
    requestCancellation: async (id: string): Promise<void> => {
      await workflow(id)
      await page.getByRole('button', { name: 'Request Cancellation' }).first().click()
      await page.locator('dialog[open]').getByRole('button', { name: 'Confirm' }).click()
      await page.getByText('Cancel Request Sent').waitFor()
    },
    picture: async (file: string): Promise<void> => {
      // Chromium draws frames and fonts a moment after they have loaded.
      await pause(1_000)
      await page.screenshot({ path: file, animations: 'disabled' })
    },
  }
}

export type Listed = { readonly ids: readonly string[]; readonly refused: string | null }
const listed = z.object({ executions: z.array(z.unknown()).default([]) })

async function openView(page: Page, address: string): Promise<Listed> {
  const answered = page.waitForResponse((response) =>
    /\/api\/v1\/namespaces\/default\/workflows\?/.test(response.url()),
  )
  await page.goto(address)
  const answer = await answered
  if (!answer.ok()) return { ids: [], refused: await page.getByText(/^invalid query/).innerText() }
  const { executions } = listed.parse(await answer.json())
  const links = page.getByRole('row').getByRole('link', { name: /^(payment|refund|stray):/ })
  if (executions.length > 0) await links.first().waitFor()
  return { ids: await links.allInnerTexts(), refused: null }
}

/** Markdown is drawn in frames of their own, so that its text is on no page by itself. Current details are the last one. */
async function readDetails(page: Page): Promise<string> {
  await page.getByText('Current Details').waitFor()
  const body = page.frameLocator('iframe[title="output"]').last().locator('body')
  await body.getByText('What you may do').waitFor()
  return body.innerText()
}

async function openUpdates(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'More Actions' }).click()
  await page.getByRole('menuitem', { name: 'Send an Update' }).click()
  const dialog = page.locator('dialog[open]')
  await dialog.getByTestId('update-select-button').click()
  await dialog.getByRole('option').first().waitFor()
  return dialog
}

async function optionsOf(dialog: Locator): Promise<readonly string[]> {
  const options = await dialog.getByRole('option').allInnerTexts()
  return options.map((option) => option.replaceAll(/\s+/g, ' ').trim())
}

async function sendUpdate(page: Page, name: string, input: object): Promise<void> {
  const dialog = await openUpdates(page)
  await dialog.getByRole('option', { name }).first().click()
  await dialog.getByRole('textbox').last().fill(JSON.stringify(input))
  // Leaving the field lays its JSON out anew and moves the button: a click that leaves it would miss.
  await dialog.getByText('only single JSON payload').click()
  await dialog.getByRole('button', { name: 'Submit' }).click()
  await dialog.waitFor({ state: 'hidden' })
}
