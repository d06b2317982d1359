// What can be told of a Paymentwall project's set-up: by the page of its own widget, by its status
// call where there is one, and by what came in (paymentwall.md §3.4, §5, §7).
// Must not know: rows, sagas, how a finding is printed. It files nothing, pays nothing, and says no
// secret.
import { Failure } from '../../../domain/failures.ts'
import {
  right,
  unasked,
  weak,
  wrong,
  type Finding,
  type SeenOfGateway,
  type SetUpCheck,
  type SetUpFacts,
} from '../../../domain/shown/setUp.ts'
import type { HttpAnswer } from '../../http.ts'
import { bySeen, countryShown, ordersPaid, ticketsAnswered } from '../../setUp.ts'
import type { SignVersion } from '../signature.ts'

export type AskedProject = {
  readonly version: SignVersion
  readonly statusApi: boolean
  /** The widget's page, for an order that nobody will pay. */
  readonly askPage: () => Promise<HttpAnswer>
  /** The status call about a payment that is none. */
  readonly askStatus: () => Promise<unknown>
}

const SETTINGS = "Paymentwall's console, the project's settings"
const KEYS_REMEDY =
  "Copy project key and secret key from Paymentwall's console (My Projects) to PAYMENTWALL_PROJECT_KEY and PAYMENTWALL_SECRET_KEY, both of the same project, and start anew"

export function projectChecks(asked: AskedProject, facts: SetUpFacts): readonly SetUpCheck[] {
  const proven = ['keys', 'account', 'database.migrations']
  return [
    { name: 'answers', title: 'Paymentwall answers', after: [], judge: () => answers(asked) },
    { name: 'keys', title: 'Paymentwall takes our keys', after: ['answers'], judge: () => keys(asked) },
    { name: 'widget', title: 'its widget opens', after: ['keys'], judge: () => widget(asked) },
    { name: 'version', title: 'pingbacks are signed by version 3', after: [], judge: () => version(asked) },
    {
      name: 'signatures',
      title: 'signatures of pingbacks fit',
      after: [...proven, 'outside.reached'],
      judge: bySeen(facts, signatures),
    },
    {
      name: 'pingbacks',
      title: 'pingbacks come in',
      after: ['signatures', 'widget'],
      judge: bySeen(facts, (seen) => pingbacks(seen, facts.door)),
    },
    { name: 'results', title: 'tickets are answered', after: ['pingbacks'], judge: bySeen(facts, results) },
    { name: 'country', title: "the payer's country comes", after: ['pingbacks'], judge: bySeen(facts, country) },
    { name: 'status', title: 'its status call answers', after: ['keys'], judge: () => status(asked) },
  ]
}

async function answers({ askPage }: AskedProject): Promise<Finding> {
  const answer = await askPage()
  // A page that is larger than is read is an answer, too.
  if (answer.kind === 'answer' ? answer.status < 500 : answer.kind === 'lost' && answer.tooLarge === true)
    return right('it answers')
  return wrong(
    `Paymentwall could not be asked: ${answer.kind === 'answer' ? `HTTP ${answer.status}` : answer.said}`,
    'Check PAYMENTWALL_API_URL, and whether this machine may reach it (firewall, proxy, DNS)',
  )
}

/** Refusals are pages, answered with 200 (paymentwall.md §3.4, §12). */
const NOT_OUR_KEYS = /not authori[sz]ed|signature is (wrong|invalid)|wrong or expired/i
const ERROR_PAGE = /error code \w+|widget is not available/i

/** undefined where no page came: then nothing is known of what it would have said. */
function pageOf(answer: HttpAnswer): string | undefined {
  if (answer.kind === 'answer') return answer.status === 200 ? answer.body : undefined
  return answer.kind === 'lost' && answer.tooLarge === true ? '' : undefined
}
const NO_PAGE = 'its page did not come; open a payment window yourself'

async function keys({ askPage }: AskedProject): Promise<Finding> {
  const page = pageOf(await askPage())
  if (page === undefined) return unasked(NO_PAGE)
  return NOT_OUR_KEYS.test(page)
    ? wrong('it does not take the signature of a widget of ours', KEYS_REMEDY)
    : right('it opened a page for them')
}

async function widget({ askPage }: AskedProject): Promise<Finding> {
  const page = pageOf(await askPage())
  if (page === undefined) return unasked(NO_PAGE)
  const [said] = ERROR_PAGE.exec(page) ?? []
  return said === undefined
    ? right('pw_1')
    : wrong(
        `its page says "${said}"`,
        "Set the widget pw_1 to version 1.2 in Paymentwall's console (My Projects, Widgets), and the API type of the project to Digital Goods",
      )
}

function version({ version: known }: AskedProject): Finding {
  return known === 3
    ? right('PAYMENTWALL_SIGN_VERSION is 3')
    : weak(
        `PAYMENTWALL_SIGN_VERSION is ${known}${known === 1 ? ', by which reasons and amounts are not signed at all' : ''}`,
        `Set the signature version to 3 at ${SETTINGS}, and then PAYMENTWALL_SIGN_VERSION to 3`,
      )
}

/** Those that fit came later: then it is mended. */
function signatures({ refused, lastMessageAt }: SeenOfGateway): Finding {
  if (refused === null || (lastMessageAt !== null && lastMessageAt > refused.at))
    return lastMessageAt === null ? unasked('none came yet') : right(`those of ${lastMessageAt} did`)
  return wrong(
    `none that fits came since ${refused.at}: ${refused.said}`,
    `Set the pingback signature version to 3 at ${SETTINGS}, or PAYMENTWALL_SECRET_KEY to the secret key that stands there; what was refused comes again every 30 minutes`,
  )
}

function pingbacks(seen: SeenOfGateway, door: string): Finding {
  const { paid, lastMessageAt } = seen
  const remedy = `Enter ${door} as pingback URL, of the type URL, at ${SETTINGS}, without a query, and try its Test Pingback Tool`
  if (paid.told > 0) return right(`${paid.told} of the ${paid.count} newest payments were told by one`)
  if (paid.count > 0) return wrong(`none of the ${paid.count} newest payments was told by one`, remedy)
  if (lastMessageAt !== null) return right(`the last came at ${lastMessageAt}`)
  return ordersPaid(seen, `${remedy}: without pingbacks nothing is ever heard of a payment`)
}

const results = (seen: SeenOfGateway): Finding =>
  ticketsAnswered(
    seen,
    "Look the ticket up in Paymentwall's console (Research and Refund): if it is done there, resolve the refund with what stands there; if it is open, the desk must be asked",
  )

const country = (seen: SeenOfGateway): Finding =>
  countryShown(
    seen,
    `Add the custom pingback parameter with the name country_code and the value COUNTRY_CODE at ${SETTINGS}; payments made after that show it`,
  )

async function status({ statusApi, askStatus }: AskedProject): Promise<Finding> {
  if (!statusApi) return unasked('PAYMENTWALL_STATUS_API is off, so what pingbacks do not say is found by people alone')
  try {
    await askStatus()
    return right('it does')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return wrong(
      error.message,
      'Ask devsupport@paymentwall.com to enable the Payment Status API for the project, or set PAYMENTWALL_STATUS_API to off',
    )
  }
}
