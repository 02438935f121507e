/**
 * Shapes: one table per structure says which element is which property, in wire order, and reads and writes both ways.
 * Reading never fails: what is missing or no value of its kind stays `undefined`, the latter is told as a fault.
 */
import type { Edition } from '../version.ts'
import { childrenNamed, type XmlElement } from './xml-read.ts'
import type { XmlNode } from './xml-write.ts'

/** An element that was there and could not be used. */
export interface FieldFault {
  readonly element: string
  /** Its text, at most 60 characters. */
  readonly found: string
}

/** How a property is read from and written to the elements of one name. */
export interface Field<T> {
  /** Name of the element. */
  readonly element: string
  /** Names under which it is read too. */
  readonly also?: readonly string[]
  /** The only edition that knows it; absent: both. */
  readonly edition?: Edition
  read(elements: readonly XmlElement[], faults: FieldFault[]): T | undefined
  write(value: T, name: string, edition: Edition): XmlNode[]
}

// biome-ignore lint/suspicious/noExplicitAny: a shape holds fields of any type; values are typed by ValuesOf
export type Shape = Readonly<Record<string, Field<any>>>

/** The values of a shape: every property may be absent, as any element may be. */
export type ValuesOf<S extends Shape> = {
  readonly [K in keyof S]?: S[K] extends Field<infer T> ? T : never
}

/** Reads the children of an element by a shape. */
export function readShape<S extends Shape>(shape: S, element: XmlElement, faults: FieldFault[]): ValuesOf<S> {
  const values: Record<string, unknown> = {}
  const byName = Map.groupBy(element.children, (child) => child.name.toLowerCase())
  for (const [property, field] of Object.entries(shape)) {
    const elements = namesOf(field)
      .map((name) => byName.get(name))
      .find((found) => found !== undefined)
    const value = elements ? field.read(elements, faults) : undefined
    if (value !== undefined) values[property] = value
  }
  return values as ValuesOf<S>
}

const SMALL_NAMES = new WeakMap<Field<unknown>, readonly string[]>()

/** Names a field is read from, in small letters, the first that is there counts. */
function namesOf(field: Field<unknown>): readonly string[] {
  const known = SMALL_NAMES.get(field)
  if (known) return known
  const names = [field.element, ...(field.also ?? [])].map((name) => name.toLowerCase())
  SMALL_NAMES.set(field, names)
  return names
}

/** Elements of the values, in the shape's order, without what the edition does not know. */
export function writeShape<S extends Shape>(shape: S, values: ValuesOf<S>, edition: Edition): XmlNode[] {
  return Object.entries(shape).flatMap(([property, field]) => {
    const value = (values as Record<string, unknown>)[property]
    if (value === undefined || value === null) return []
    if (field.edition !== undefined && field.edition !== edition) return []
    return field.write(value, field.element, edition)
  })
}

const leaf = (name: string, content: string): XmlNode[] => [{ name, content }]

function single<T>(element: string, read: (text: string) => T | undefined): Field<T> {
  return {
    element,
    read(elements, faults) {
      const text = elements[0]?.text ?? ''
      if (text === '' || text.toLowerCase() === 'null') return undefined
      const value = read(text)
      if (value === undefined) faults.push({ element, found: text.slice(0, 60) })
      return value
    },
    write: (value, name) => leaf(name, String(value)),
  }
}

/** Text; empty and `null` count as absent. */
export const text = (element: string): Field<string> => single(element, (it) => it)

/** A whole number, a sign allowed; a fraction is cut off. */
export const whole = (element: string): Field<number> =>
  single(element, (it) => (/^[+-]?\d{1,15}(\.\d*)?$/.test(it) ? Math.trunc(Number(it)) : undefined))

/** A decimal number. */
export const decimal = (element: string): Field<number> =>
  single(element, (it) =>
    /^[+-]?(\d{1,20}(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(it) ? Number(it) : undefined,
  )

/** One of some words, read in any letter case; `also` gives words of other senders for it. */
export function word<const W extends string>(
  element: string,
  words: readonly W[],
  also: Readonly<Record<string, W>> = {},
): Field<W> {
  return single(
    element,
    (it) => words.find((known) => known === it.toUpperCase() || known === it) ?? also[it.toUpperCase()],
  )
}

/** A structure within. */
export function nested<S extends Shape>(element: string, shape: S): Field<ValuesOf<S>> {
  return {
    element,
    read: ([first], faults) => (first ? readShape(shape, first, faults) : undefined),
    write: (value, name, edition) => [{ name, content: writeShape(shape, value, edition) }],
  }
}

/** Elements of one name, repeated. */
export function repeated<S extends Shape>(element: string, shape: S): Field<readonly ValuesOf<S>[]> {
  return {
    element,
    read: (elements, faults) => elements.map((it) => readShape(shape, it, faults)),
    write: (values, name, edition) =>
      values.map((value) => ({ name, content: writeShape(shape, value, edition) })),
  }
}

/** Texts of elements of one name, repeated. */
export function texts(element: string): Field<readonly string[]> {
  return {
    element,
    read: (elements) => elements.map((it) => it.text).filter(Boolean),
    write: (values, name) => values.flatMap((value) => leaf(name, value)),
  }
}

/**
 * `<Element Num="n"><Item>…</Item></Element>`. Items are read one by one: one that was cut, or lacks what it is known
 * by, is told as a fault and the others stay (pain 4). `Num` is not believed.
 */
export function list<S extends Shape>(
  element: string,
  item: string,
  shape: S,
  knownBy?: keyof S & string,
): Field<readonly ValuesOf<S>[]> {
  return {
    element,
    read(elements, faults) {
      const items = elements.flatMap((it) => childrenNamed(it, item))
      return items.flatMap((it) => {
        const value = it.ending === 'cut' ? undefined : readShape(shape, it, faults)
        const isKnown = value !== undefined && (knownBy === undefined || value[knownBy] !== undefined)
        if (!isKnown) faults.push({ element: item, found: firstTexts(it) })
        return isKnown ? [value] : []
      })
    },
    write: (values, name, edition) => [
      {
        name,
        attributes: { Num: values.length },
        content: values.map((value) => ({ name: item, content: writeShape(shape, value, edition) })),
      },
    ],
  }
}

function firstTexts(element: XmlElement): string {
  return element.children
    .slice(0, 2)
    .map((child) => `${child.name}=${child.text}`)
    .join(' ')
    .slice(0, 60)
}

/** An element passed on as it is: structures nobody here looks into (SVAC). */
export function tree(element: string): Field<XmlElement> {
  return {
    element,
    read: ([first]) => first,
    write: (value) => [nodeOf(value)],
  }
}

function nodeOf({ name, attributes, children, text: content }: XmlElement): XmlNode {
  return { name, attributes, content: children.length > 0 ? children.map(nodeOf) : content }
}

/** The field in one edition only. */
export function only<T>(edition: Edition, field: Field<T>): Field<T> {
  return { ...field, edition }
}

/** The field under further names when reading. */
export function also<T>(field: Field<T>, ...names: string[]): Field<T> {
  return { ...field, also: names }
}
