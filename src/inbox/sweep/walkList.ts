// How a long list is walked while it changes: in windows with fixed ends, each read whole page by
// page and counted against its total.
// Must not know: databases, which list it is. The range is that of the status' time, the order that
// of the last update (iamport.md §3.2), so neither may move the other: a payment that was updated
// late stands behind all others.
import { Failure } from '../../domain/failures.ts'
import type { ListPage, Unreadable } from '../../domain/gateway.ts'

export type Window = { readonly from: Date; readonly to: Date }
export type PageAsked = Window & { readonly page: number; readonly size: number }
type List = (asked: PageAsked) => Promise<ListPage>
/** A window that was read whole, and how many of its elements could neither be read nor named. */
export type WholeWindow = Window & { readonly nameless: number }

const SECOND_MS = 1_000
/**
 * The first window; the next one is twice as wide where there was little in it, half as wide where
 * it was too full.
 */
const FIRST_MS = 2 * 86_400_000
/**
 * Each divides the one before it, so that after any of them a page of a larger size begins at a
 * whole number.
 */
const SIZES = [100, 50, 25, 5, 1] as const
/** Elements of one window: few pages, so that little changes while they are read. */
const MOST_OF_A_WINDOW = 1_000
/** Elements of one second, which cannot be halved: beyond that something is wrong with the list. */
const MOST_OF_A_SECOND = 10_000
const TRIES = 3
/** Elements of one window that are too large each; beyond that it is not they that are wrong. */
const MOST_TOO_LARGE = 10

/**
 * Ascending, no window wider than the list takes; what a window held is the list's to tell. Ends
 * where the list fails: the windows before it were read whole.
 */
export async function* walkList(range: Window, widestMs: number, list: List): AsyncGenerator<WholeWindow> {
  const end = range.to.getTime()
  let from = Math.floor(range.from.getTime() / SECOND_MS) * SECOND_MS
  let width = FIRST_MS
  while (from < end) {
    const to = Math.min(end, from + width)
    const window = { from: new Date(from), to: new Date(to) }
    const read = await readWhole(window, list)
    if (read === 'tooFull') width = halfOf(to - from)
    else {
      yield { ...window, nameless: read.nameless }
      from = to
      if (read.elements <= MOST_OF_A_WINDOW / 2) width = Math.min(widestMs, width * 2)
    }
  }
}

const halfOf = (ms: number): number => Math.max(SECOND_MS, Math.floor(ms / 2 / SECOND_MS) * SECOND_MS)

type Read = { readonly elements: number; readonly nameless: number }

/**
 * Read until as many were shown as the list counts; where that does not come true because the pages
 * move, the window is too full. What a window of one page counts and never shows is told like what
 * cannot be read.
 */
async function readWhole(window: Window, list: List): Promise<Read | 'tooFull'> {
  const narrow = window.to.getTime() - window.from.getTime() <= SECOND_MS
  const most = narrow ? MOST_OF_A_SECOND : MOST_OF_A_WINDOW
  for (let tries = 1; ; tries += 1) {
    const { elements, nameless, total, pages, tooFull } = await passOver(window, most, list)
    if (tooFull && narrow) throw endless(window, `more than ${most} payments within a second`)
    if (tooFull) return 'tooFull'
    const missing = Math.max(0, (total ?? 0) - elements)
    if (missing === 0) return { elements, nameless }
    if (tries < TRIES) continue
    return pages > 1 && !narrow ? 'tooFull' : { elements, nameless: nameless + missing }
  }
}

type Pass = Read & {
  /**
   * The largest that a page named: who left the list meanwhile has moved others to a page that was
   * read before.
   */
  readonly total: number | null
  readonly pages: number
  readonly tooFull: boolean
}

/**
 * All pages once. The end is where the total says, and where there is none, where the list says.
 */
async function passOver(window: Window, most: number, list: List): Promise<Pass> {
  const refs = new Set<string>()
  let [withoutRef, nameless, tooLarge, pages, at] = [0, 0, 0, 0, 0]
  let total: number | null = null
  let promised = true
  const pass = (tooFull: boolean): Pass => {
    return { elements: refs.size + withoutRef + tooLarge, nameless: nameless + tooLarge, total, pages, tooFull }
  }
  for (;;) {
    const { answer, size }: At = await pageAt(window, at, promised, list)
    pages += 1
    at += size
    if (answer === 'tooLarge') {
      tooLarge += 1
      promised = false
      if (tooLarge > MOST_TOO_LARGE) throw new Failure('gatewayAnswerTooLarge', TOO_LARGE)
    } else {
      for (const { gatewayRef } of [...answer.listed, ...answer.unreadable]) if (gatewayRef) refs.add(gatewayRef)
      withoutRef += answer.unreadable.filter(({ gatewayRef }) => gatewayRef === null).length
      nameless += answer.unreadable.filter(isNameless).length
      if (answer.total !== null) total = Math.max(total ?? 0, answer.total)
      const shown = answer.listed.length + answer.unreadable.length
      promised = total === null && answer.more
      if (promised && shown === 0) throw endless(window, 'there is more, and shows nothing')
      if (shown === 0 || (total === null ? !answer.more : at >= total)) return pass(false)
    }
    if (at >= most || (total ?? 0) > most) return pass(true)
  }
}

/** Nothing says what it is, and it may be ours. */
const isNameless = ({ gatewayRef, merchantUid, ours }: Unreadable): boolean =>
  gatewayRef === null && merchantUid === null && ours

type At = { readonly answer: ListPage | 'tooLarge'; readonly size: number }

/**
 * The largest page that begins at this element and that the gateway can answer; one element that is
 * too large is passed over. `promised`: the gateway must have this page. Else its refusal is the
 * end: whoever stood there has left.
 */
async function pageAt(window: Window, at: number, promised: boolean, list: List): Promise<At> {
  for (const size of SIZES.filter((each) => at % each === 0)) {
    try {
      return { answer: await list({ ...window, page: at / size + 1, size }), size }
    } catch (error) {
      const kind = error instanceof Failure ? error.kind : undefined
      if (kind === 'gatewayRefused' && !promised) return { answer: NOTHING, size }
      if (kind !== 'gatewayAnswerTooLarge') throw error
    }
  }
  return { answer: 'tooLarge', size: 1 }
}

const TOO_LARGE = `more than ${MOST_TOO_LARGE} payments are too large to be read each; what was listed is kept`
const NOTHING: ListPage = { listed: [], unreadable: [], total: null, more: false }

const endless = ({ from, to }: Window, what: string): Failure =>
  new Failure(
    'gatewayAnswerUnreadable',
    `the list says of ${from.toISOString()} to ${to.toISOString()} that ${what}; what was listed is kept`,
  )
