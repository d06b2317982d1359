// Words as a stranger would write them where people decide about money: every kind of markup, link, mention, turn and control.
// Must not know: where they go. Each holds a token, so that it is found wherever it comes out.
export const TOKEN = 'EVIL'

/** What is harmless to a database and a terminal: the doors take it, so it must be harmless to readers. */
export const MARKUP = [
  '[EVIL](https://evil.example)',
  '![EVIL](https://evil.example/x.png)',
  '<a href="https://evil.example">EVIL</a>',
  '<script>alert("EVIL")</script>',
  '<https://evil.example|EVIL>',
  '<!channel> <@U0123> EVIL',
  '@here @everyone EVIL',
  '**EVIL** _EVIL_ ~EVIL~',
  '`EVIL` EVIL `EVIL`',
  '``EVIL``` EVIL',
  '\\`EVIL\\` EVIL',
  'https://evil.example/EVIL',
  'www.evil.example EVIL',
  '| EVIL | EVIL |',
  '# EVIL',
  '- EVIL',
  '> EVIL',
  '&lt;EVIL&gt; &#96;EVIL',
  "$& $1 $` $' EVIL",
  '{"EVIL":"EVIL"}',
  'EVIL\u200bEVIL\ufeff',
  'EVIL \u200fEVIL\u200e',
  'EVIL \u{e0041}\u{e0042}',
] as const

/** What no text may hold: refused at the doors, and made harmless where it comes from a gateway. */
export const CONTROLS = [
  'EVIL\u0000',
  'EVIL\u0007',
  'EVIL\u007f',
  '\u001b[2J\u001b[31mEVIL',
  '\u001b]8;;https://evil.example\u0007EVIL\u001b]8;;\u0007',
  '\u009b31mEVIL',
  '\u009d0;EVIL\u009c',
  'EVIL\n# EVIL',
  'EVIL\r\n\r\n- [EVIL](https://evil.example)',
  'EVIL\u0085EVIL',
  'EVIL\u2028EVIL',
  'EVIL\u2029EVIL',
  'EVIL \u202eLIVE',
  'EVIL \u202dLIVE\u202c',
  'EVIL \u2066LIVE\u2069',
  'EVIL \ud800',
  'EVIL \udc00EVIL',
] as const

export const WORDS: readonly string[] = [...MARKUP, ...CONTROLS, `EVIL ${'`x'.repeat(400)}`]

/** What no reader may be given by a stranger, in any text; tabs and line ends are ours. */
export const STEERING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u
/** Nor anything that is not seen, where it is shown. */
const UNSEEN = /(?![\u200c\u200d])\p{Cf}/u

/** Why a text that is rendered, in a page, a chat or a mail, is not safe to read; none where it is. */
export function faultsOf(text: string, { chat = false } = {}): readonly string[] {
  const lines = text.split('\n')
  return lines.flatMap((line) => {
    const outside = line.replace(/`[^`]*`/g, '')
    return [
      ...(STEERING.test(line) || UNSEEN.test(line) ? [`it steers: ${JSON.stringify(line)}`] : []),
      ...(outside.includes('`') ? [`a code span does not end: ${line}`] : []),
      ...(/EVIL|evil/.test(outside) ? [`a stranger's words are live: ${line}`] : []),
      ...(chat && /[@<>]/.test(line) ? [`a chat tool reads it: ${line}`] : []),
    ]
  })
}

/** All texts inside a value, as a program reads them out of JSON. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
