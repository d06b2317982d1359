// What nobody but a person can see of a Paymentwall project's set-up, in the order of its console
// (paymentwall.md §2, §5, §6, §10).
// Must not know: settings, who is asked.
import type { SetUpQuestion } from '../../../domain/shown/setUp.ts'

const PROJECT = "Paymentwall's console, the project"
const SETTINGS = "Paymentwall's console, the project's settings"

export const PROJECT_QUESTIONS: readonly SetUpQuestion[] = [
  {
    where: PROJECT,
    question: 'Has Paymentwall inspected and approved it, and are the methods switched on that you sell by?',
    else: 'live windows show no method, or are refused',
  },
  {
    where: PROJECT,
    question: "Is it a project of its own, that no i'mport channel and no other system uses?",
    else: 'a project has one pingback URL, and results go elsewhere',
  },
  {
    where: SETTINGS,
    question: 'Is the pingback type URL, not e-mail, and the signature version 3?',
    else: 'pingbacks do not come, or are refused for their signature',
  },
  {
    where: SETTINGS,
    question:
      'Are product price and currency custom pingback parameters (price = PRODUCT_PRICE, price_ccy = PRODUCT_CURRENCY_CODE)?',
    else: "a pingback names no amount, and the order's own is taken for paid",
  },
  {
    where: "Paymentwall's console, My Projects, Widgets",
    question: 'Is the widget pw_1 set to version 1.2 (or t3_1 used instead)?',
    else: 'the payment window does not open',
  },
  {
    where: 'A mail to devsupport@paymentwall.com',
    question:
      'Has the project access to the developers API, by which tickets are filed, and to the Payment Status API?',
    else: 'refunds are refused, and a lost pingback is found by people alone',
  },
  {
    where: 'You',
    question: 'Is the test method switched off in the live project?',
    else: 'buyers are shown a method that charges nothing, and what they pay by it settles no live order',
  },
]
