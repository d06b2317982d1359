// The ways to Paymentwall on which the story can be played, and in which words it is told on
// each.
// Must not know: the story's order, the program.

export const WAY_NAMES = ['iamport/main', 'portone/main', 'paymentwall/main'] as const
export type WayName = (typeof WAY_NAMES)[number]

export type Way = {
  readonly name: WayName
  /** As the simulator knows it. */
  readonly played: 'iamport' | 'portone' | 'paymentwall'
  /** The attempt's reference here, of the name that the simulator has for it. */
  readonly refOf: (merchantUid: string, ref: string) => string
  readonly cancelRoute: string
  /** Why a refund waits once its cancel was taken, as the journal says it. */
  readonly filed: RegExp
  /** How its news comes, as the inbox names it, and who books it, as the journal does. */
  readonly news: { readonly source: 'webhook' | 'pingback'; readonly returned: string; readonly booker: RegExp }
  /** Its requests for cancels can be seen: a look finds the one whose answer was lost. */
  readonly showsRequests: boolean
  readonly words: Words
  /** Where a payment and a refund are played too, once all is played here. */
  readonly too: readonly WayName[]
  /** Of the story that is told elsewhere: what cannot happen here, and why. */
  readonly cannot: readonly string[]
}
type Words = {
  readonly gateway: string
  readonly tells: (ref: string, what: 'paid' | 'cancelled') => string
  readonly learns: (why: string) => string
  readonly whyLearned: string
  readonly registered: string
  readonly cancelTaken: string
  readonly whyTaken: string
  readonly whyUnknown: string
  readonly whyFound: string
}

const NEVER_AGAIN =
  'a ticket may be open or not. Asking again could open a second one and pay twice, so nothing is sent again'

export const WAYS: Readonly<Record<WayName, Way>> = {
  'iamport/main': {
    name: 'iamport/main',
    played: 'iamport',
    refOf: (_, ref) => ref,
    cancelRoute: 'POST /payments/cancel',
    filed: /a ticket is open at Paymentwall/,
    news: { source: 'webhook', returned: 'cancelled', booker: /^look$/ },
    showsRequests: false,
    words: {
      gateway: "i'mport, and Paymentwall behind it, played by the simulator",
      tells: (ref, what) =>
        what === 'paid' ? `webhook, sent once and unsigned: ${ref} is "paid"` : `webhook: ${ref} is "cancelled"`,
      learns: (why) => `asks the gateway itself: ${why}`,
      whyLearned: 'a webhook proves nothing: it is kept, answered 200, and then the gateway is asked what is true',
      registered: 'registers amount and currency with the gateway, then waits',
      cancelTaken: 'asks the gateway to cancel; the answer is code 0',
      whyTaken:
        'code 0, but still paid: a ticket was filed, nothing is refunded yet. 취소처리 대기 = waiting for cancellation',
      whyUnknown: NEVER_AGAIN,
      whyFound:
        'cancel calls for this refund, all in all: 1. It was found by its id, which begins the reason of the cancel',
    },
    too: ['paymentwall/main', 'portone/main'],
    cannot: [],
  },
  'portone/main': {
    name: 'portone/main',
    played: 'portone',
    refOf: (merchantUid, ref) => `${merchantUid}:${ref}`,
    cancelRoute: 'V2 POST /payments/:paymentId/cancel',
    // The look that its own webhook causes may be faster than the answer.
    filed: /PortOne took the request: a ticket is filed|the gateway shows its request as open/,
    news: { source: 'webhook', returned: 'cancelled', booker: /^look$/ },
    showsRequests: true,
    words: {
      gateway: "PortOne's V2, and Paymentwall behind it, played by the simulator",
      tells: (ref, what) =>
        what === 'paid' ? `webhook, signed, sent until it is taken: ${ref} is paid` : `webhook: ${ref} is cancelled`,
      learns: (why) => `asks the gateway itself: ${why}`,
      whyLearned: 'even a signed webhook is a hint alone: it is kept, answered 200, and then the gateway is asked',
      registered: 'registers amount and currency with the gateway, then waits',
      cancelTaken: 'asks the gateway to cancel under a key; the answer is REQUESTED',
      whyTaken:
        'REQUESTED, but still PAID: a ticket was filed, nothing is refunded yet. 취소처리 대기 = waiting for cancellation',
      whyUnknown:
        'a ticket may be open or not. Here a look shows requests: it is asked first, after a minute by itself; and only where none is shown is the same call sent again, under its key',
      whyFound:
        'cancel calls for this refund, all in all: 1. It was found by its id, which begins the reason of the request',
    },
    too: [],
    cannot: [
      'a forged webhook that is kept, and looked into: who cannot sign is refused at the door',
      'a webhook of an unknown order that waits for a person: without the secret none is taken',
      'a lost answer that stays unknown until the desk is done: the request can be seen',
    ],
  },
  'paymentwall/main': {
    name: 'paymentwall/main',
    played: 'paymentwall',
    refOf: (_, ref) => ref,
    cancelRoute: 'POST /developers/api/ticket',
    filed: /Paymentwall took the request: a ticket is filed/,
    news: { source: 'pingback', returned: 'returned', booker: /^pingback$/ },
    showsRequests: false,
    words: {
      gateway: 'Paymentwall itself, played by the simulator',
      tells: (ref, what) =>
        what === 'paid'
          ? `pingback, signed, sent until it is answered OK: ${ref} is paid (type 0)`
          : `pingback: ${ref} went back (type 2, reason 9)`,
      learns: (why) => `proves its signature and books it: ${why}`,
      whyLearned: 'its status call is off, as it usually is: what it has signed is the only evidence that there is',
      registered: 'signs the widget for this price alone, then waits',
      cancelTaken: 'files a ticket at Paymentwall; the answer is result 1',
      whyTaken:
        'result 1, but still paid: a ticket was filed, nothing is refunded yet. 취소처리 대기 = waiting for cancellation',
      whyUnknown: NEVER_AGAIN,
      whyFound:
        'tickets filed for this refund, all in all: 1. Its pingback named the refund, by the id that the ticket carried',
    },
    too: [],
    cannot: [
      'a webhook that is believed by nobody and looked into: an unsigned pingback is refused, and nothing of it kept',
      'a look at the gateway that finds a forgery out: nobody can be asked, so the signature alone decides',
      'a webhook of an unknown order that waits for a person: without the secret key none is taken',
    ],
  },
}
