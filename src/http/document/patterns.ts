// Patterns as documents say them: whatever is made by Unicode's properties is spelled out, for half
// of the readers of JSON Schema know none.
// Must not know: which patterns there are.

/**
 * Halves of characters are left out: no JSON in UTF-8 has them, and most readers cannot say
 * them.
 */
const SPELLED = {
  '\\p{Cc}': '\\u0000-\\u001f\\u007f-\\u009f',
  '\\p{Cs}': '',
  '\\p{Zl}': '\\u2028',
  '\\p{Zp}': '\\u2029',
} as const

export function plainPattern(pattern: string): string {
  let plain = pattern
  for (const [property, characters] of Object.entries(SPELLED)) plain = plain.replaceAll(property, characters)
  return plain
}
