// biome-ignore-all lint/suspicious/noTemplateCurlyInString: titles as they stand in sources
import { describe, expect, test } from 'vitest'
import { idsIn, speaksOf, titlesIn } from './requirements.ts'

describe('requirements and their tests', () => {
  test('IDs are told from other names of their shape', () => {
    expect(
      idsIn('PLT-21 SUP-IN-012001 SUP-PA-V8.10 in UTF-8, by SHA-256 and RFC-3339: FACE-3, PLT-21'),
    ).toEqual(['PLT-21', 'SUP-IN-012001', 'SUP-PA-V8.10', 'FACE-3'])
  })

  test('titles are found in every form of a test, and nothing else is', () => {
    const source = [
      "test('plain', () => {",
      'test.skipIf(process.env.X)(`made of ${parts}`, () => {',
      'describe("a \\"quoted\\" part", () => {',
      "contest('no test')",
      "expect(it('x')).toBe(1)",
    ].join('\n')
    expect(titlesIn(source)).toEqual(['plain', 'made of ${parts}', 'a \\"quoted\\" part', 'x'])
  })

  test('a title made from data speaks of the codes in the data only', () => {
    const data = () => "{ code: 'V2.1' }"
    expect(speaksOf('SUP-PA-${code} finds it', 'SUP-PA-V2.1', data)).toBe(true)
    expect(speaksOf('SUP-PA-${code} finds it', 'SUP-PA-V2.2', data)).toBe(false)
    expect(speaksOf('SUP-PA-${code} finds it', 'SUP-IN-012001', data)).toBe(false)
    expect(speaksOf('PLT-2 keeps', 'PLT-21', data)).toBe(false)
  })
})
