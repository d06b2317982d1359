// A short mark of a text: 64 bits by two 32-bit FNV-1a sums, as 16 hexadecimal letters. The same
// text, the same mark.
// Must not know: what the text is. No secret hangs on it: whoever chooses the text may choose the
// mark.

export const markOf = (text: string): string => `${fnv1a(text, 0x811c9dc5)}${fnv1a(text, 0x01000193)}`

function fnv1a(text: string, seed: number): string {
  let sum = seed
  for (const char of text) sum = Math.imul(sum ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return sum.toString(16).padStart(8, '0')
}
