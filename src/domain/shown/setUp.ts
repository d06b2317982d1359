// What is asked about an installation, and how it is answered: checks of a part, their findings,
// and questions that only a person can answer.
// Must not know: which parts there are, who is asked, how a report is printed.

/**
 * How much hangs on a finding, and the code that the doctor ends with (the codes between have a
 * meaning at other commands). `wrong`: money, or news of it, does not come through. `weak`: it
 * works, and less safely than it could. `unasked`: it cannot be told from here, or another finding
 * stands in the way.
 */
export const VERDICTS = { right: 0, unasked: 0, weak: 2, wrong: 5 } as const
export type SetUpVerdict = keyof typeof VERDICTS

export type Finding = {
  readonly verdict: SetUpVerdict
  /** What was seen, as part of a sentence; never a secret. */
  readonly said: string
  /** What to do, and where; null where nothing is to be done. */
  readonly remedy: string | null
}

export type SetUpCheck = {
  /** Within its part; it stays, for scripts read it. */
  readonly name: string
  /** What is so when it is right. */
  readonly title: string
  /** Checks that must not be wrong for this one to mean anything: of its part, or `part.name`. */
  readonly after: readonly string[]
  /** Never throws for what it finds; what it throws all the same is told as wrong. */
  judge(): Promise<Finding> | Finding
}

/** What no machine can see. */
export type SetUpQuestion = {
  /** The console, and the page in it. */
  readonly where: string
  readonly question: string
  /** What goes wrong where the answer is no. */
  readonly else: string
}

/** Checks and questions in the order in which a person meets them. */
export type SetUp = { readonly checks: readonly SetUpCheck[]; readonly questions: readonly SetUpQuestion[] }
export type SetUpPart = SetUp & { readonly name: string; readonly title: string }

export type Examined = Finding & { readonly part: string; readonly check: string; readonly title: string }
export type SetUpReport = {
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly parts: readonly { readonly name: string; readonly title: string }[]
  readonly findings: readonly Examined[]
  readonly questions: readonly (SetUpQuestion & { readonly part: string })[]
}

export const right = (said: string): Finding => ({ verdict: 'right', said, remedy: null })
export const weak = (said: string, remedy: string): Finding => ({ verdict: 'weak', said, remedy })
export const wrong = (said: string, remedy: string): Finding => ({ verdict: 'wrong', said, remedy })
export const unasked = (said: string): Finding => ({ verdict: 'unasked', said, remedy: null })

/** The worst of them, as an exit code. */
export const severityOf = ({ findings }: Pick<SetUpReport, 'findings'>): number =>
  Math.max(0, ...findings.map(({ verdict }) => VERDICTS[verdict]))

/**
 * What the rows say of one gateway, newest first and bounded: what came in proves what is entered
 * in its consoles.
 */
export type SeenOfGateway = {
  /** The database's clock. */
  readonly now: string
  /** The last message of the gateway itself, about whatever order. */
  readonly lastMessageAt: string | null
  /**
   * When people were last told of messages whose signature does not fit, and what was wrong with
   * them.
   */
  readonly refused: { readonly at: string; readonly said: string } | null
  /** Of the newest payments of orders of ours. */
  readonly paid: { readonly count: number; readonly told: number; readonly withCountry: number }
  /** Of the newest that gave money back. */
  readonly returned: { readonly count: number; readonly told: number }
  /** Orders of the last days: how many ran out, and whether any was paid. */
  readonly orders: { readonly ranOut: number; readonly paid: number }
  /**
   * Tickets that were taken; when the oldest that waits was, and whether any was answered lately.
   */
  readonly tickets: { readonly oldestOpenAt: string | null; readonly answered: number }
}

/** What a gateway judges its own set-up by. */
export type SetUpFacts = {
  /** Where the gateway's messages are to come: the whole address. */
  readonly door: string
  /** The channel of orders that name none. */
  readonly channel: 'live' | 'test'
  /** undefined where there is no database to ask. */
  readonly seen: () => Promise<SeenOfGateway | undefined>
}
