// What nobody but a person can see of an i'mport account's set-up, in the order of the consoles
// (iamport.md §7, §13; paymentwall.md §2).
// Must not know: settings, who is asked.
import type { SetUpQuestion } from '../../../domain/shown/setUp.ts'

const PROJECT = "Paymentwall's console, the project"
const SETTINGS = "Paymentwall's console, the project's settings"
const IAMPORT = "i'mport's console"

export const ACCOUNT_QUESTIONS: readonly SetUpQuestion[] = [
  {
    where: PROJECT,
    question:
      "Was the account made by https://api.paymentwall.com/pwaccount?source=import, so that the project's name ends in [import]?",
    else: "accounts that were made in another way do not work together with i'mport",
  },
  {
    where: PROJECT,
    question:
      'Has Paymentwall inspected and approved the live project, and are the methods switched on that you sell by?',
    else: 'live windows show no method, or are refused',
  },
  {
    where: SETTINGS,
    question: 'Is the pingback type URL, and the pingback URL https://service.iamport.kr/paymentwall/webhook?',
    else: 'results of payments and tickets never arrive',
  },
  {
    where: SETTINGS,
    question: 'Is the pingback signature version 3, and does no other system use this project?',
    else: 'results never arrive, or go elsewhere',
  },
  {
    where: "Paymentwall's console, My Projects, Widgets",
    question: 'Is the widget pw_1 set to version 1.2 (or t3_1 used instead)?',
    else: 'the payment window does not open',
  },
  {
    where: IAMPORT,
    question: 'Are live and test channels made with the keys of a project each, never with the keys of the same one?',
    else: 'test orders are paid with real money, and live ones are not',
  },
  {
    where: IAMPORT,
    question: 'Does the support have the five repeats of a webhook that was not taken switched on?',
    else: 'each is sent once, and the sweep alone heals the rest',
  },
  {
    where: 'You',
    question:
      'Does somebody cancel test payments by hand where that fails? They charge real cards, and some methods cannot be cancelled.',
    else: 'test money stays where it is',
  },
]
