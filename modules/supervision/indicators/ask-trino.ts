/** One question to a Trino coordinator by its HTTP protocol, for tests against a running one. */

/** A page of an answer: https://trino.io/docs/current/develop/client-protocol.html */
interface Page {
  readonly nextUri?: string
  readonly columns?: ReadonlyArray<{ readonly name: string }>
  readonly data?: ReadonlyArray<readonly unknown[]>
  readonly error?: { readonly message: string }
}

/** Rows of a statement; numbers, texts and booleans as JSON has them. Throws with Trino's own words. */
export async function askTrino(coordinator: string, statement: string): Promise<Record<string, unknown>[]> {
  const headers = { 'X-Trino-User': 'hengjian', 'X-Trino-Time-Zone': 'Asia/Shanghai' }
  let page = await pageOf(
    await fetch(`${coordinator}/v1/statement`, { method: 'POST', headers, body: statement }),
  )
  const rows: Record<string, unknown>[] = []
  for (;;) {
    if (page.error) throw new Error(page.error.message)
    const names = page.columns?.map(({ name }) => name) ?? []
    for (const row of page.data ?? [])
      rows.push(Object.fromEntries(row.map((value, i) => [names[i]!, value])))
    if (!page.nextUri) return rows
    page = await pageOf(await fetch(page.nextUri, { headers }))
  }
}

async function pageOf(response: Response): Promise<Page> {
  if (!response.ok) throw new Error(`Trino answers ${response.status}: ${await response.text()}`)
  return (await response.json()) as Page
}
