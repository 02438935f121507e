/** Sign-ins of the sample as they are kept beside the data, and passwords for first use. */
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One account of the sample. */
export interface SignIn {
  readonly userName: string
  readonly password: string
  /** What the account is for, with its unit. */
  readonly role: string
  /** Second factor, for accounts that must step up. */
  readonly totpSecret?: string
}

/** Where the sign-ins are kept. */
export const signInsFile = (dataDir: string): string => join(dataDir, 'sample-sign-ins.json')

/** Sign-ins of the sample, made when it was loaded; empty when there is none. */
export function readSignIns(dataDir: string): SignIn[] {
  try {
    return JSON.parse(readFileSync(signInsFile(dataDir), 'utf8')) as SignIn[]
  } catch {
    return []
  }
}

/** Letters and digits that are not mistaken for each other. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789'

/** A password that passes the rules and is easily read aloud. */
export function makePassword(): string {
  const letters = Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return `${letters}-${randomInt(10, 100)}Hj`
}
