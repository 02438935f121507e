/** Does the number of a residence permit match the rule of the place? Pure. */

const ONE_OF: Readonly<Record<string, RegExp>> = { '#': /\d/, '@': /[A-Z]/, '?': /[\dA-Z]/ }

/**
 * A rule is one or more forms with `|` between them; in a form `#` is a digit, `@` a Latin letter, `?` either, and
 * anything else stands for itself: `4503######|GX########`. Forms are compared sign by sign, without regular
 * expressions, so that no rule can stall the desk. Case, spaces and hyphens of the number do not matter.
 */
export function matchesPermitRule(number: string, rule: string): boolean {
  const signs = [...plain(number)]
  return rule.split('|').some((form) => {
    const wanted = [...plain(form)]
    return (
      wanted.length === signs.length &&
      wanted.every((one, i) => ONE_OF[one]?.test(signs[i]!) ?? one === signs[i])
    )
  })
}

const plain = (text: string) => text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
