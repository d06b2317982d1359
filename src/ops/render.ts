// Tables and progress for a terminal; plain lines where the output goes into a file or a pipe.
// Must not know: what is shown.

export type Out = { readonly isTTY?: boolean; write(text: string): unknown }

/** Two columns with a rule on a terminal, tab-separated lines elsewhere. */
export function table(out: Out, title: string, rows: readonly (readonly [string, string | number, string?])[]): void {
  if (!out.isTTY) {
    for (const [name, value] of rows) out.write(`${name}\t${value}\n`)
    return
  }
  const names = Math.max(...rows.map(([name]) => name.length))
  const values = Math.max(...rows.map(([, value]) => String(value).length))
  out.write(`\n  ${title}\n  ${'─'.repeat(title.length)}\n`)
  for (const [name, value, remark] of rows)
    out.write(`  ${name.padEnd(names)}  ${String(value).padStart(values)}${remark ? `  ${remark}` : ''}\n`)
  out.write('\n')
}

/** One line that is written over on a terminal; each change a line of its own elsewhere. */
export function progress(out: Out): { say(line: string): void; end(): void } {
  let said = ''
  return {
    say: (line) => {
      if (line === said) return
      out.write(out.isTTY ? `\r${line.padEnd(said.length)}` : `${line}\n`)
      said = line
    },
    end: () => void (out.isTTY && said !== '' && out.write('\n')),
  }
}
