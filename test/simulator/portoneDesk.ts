// The control calls of a simulator.
// Must not know what a test does by them.

export function controlOf(url: string) {
  return async (method: string, path: string, body: object = {}): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}/__sim${path}`, {
      method,
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const said: Record<string, unknown> = Object(await answer.json())
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`)
    return said
  }
}
