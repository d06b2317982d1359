// What nobody but a person can see of a PortOne store's set-up, in the order of the consoles
// (portone.md §11).
// Must not know: settings, who is asked.
import type { SetUpQuestion } from '../../../domain/shown/setUp.ts'

const PROJECT = "Paymentwall's console, the project"
const SETTINGS = "Paymentwall's console, the project's settings"
const PORTONE = "PortOne's console"

export const STORE_QUESTIONS: readonly SetUpQuestion[] = [
  {
    where: PROJECT,
    question:
      "Was the account made by https://api.paymentwall.com/pwaccount/?source=import, so that the project's name ends in [import]?",
    else: 'accounts that were made in another way do not work together with PortOne',
  },
  {
    where: PROJECT,
    question: 'Is it a project of its own, that no channel of V1 and no other system uses?',
    else: 'a project has one pingback URL: the open tickets of the other side would never be answered',
  },
  {
    where: SETTINGS,
    question:
      'Is the pingback type URL, the URL https://tx-gateway-service.prod.iamport.co/paymentwall, and the signature version 3?',
    else: 'results of payments and tickets never arrive',
  },
  {
    where: PORTONE,
    question: 'When does the API secret end, and who renews it before?',
    else: 'from that day on every call is refused',
  },
  {
    where: PORTONE,
    question: 'Is the webhook version 2024-04-25, for live and for test?',
    else: 'webhooks come in an older form, without the id of the cancel',
  },
  {
    where: 'You',
    question:
      'Does somebody cancel test payments by hand where that fails? They charge real cards, and some methods cannot be cancelled.',
    else: 'test money stays where it is',
  },
]
