/** What a password must be (PLT-10; GB/T 22239-2019 8.1.4.1 a, b). */
import { randomInt } from 'node:crypto'
import type { SecuritySettings } from '../security-settings.ts'

const WORDS: Readonly<Record<number, string>> = { 3: '三', 4: '四' }
const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/]

/** What is wrong with a new password, in words for the user; empty when nothing is. */
export function passwordFaults(
  password: string,
  userName: string,
  settings: Pick<SecuritySettings, 'passwordLength' | 'passwordClasses'>,
): string[] {
  const { passwordLength, passwordClasses } = settings
  const faults: string[] = []
  if (Array.from(password).length < passwordLength) faults.push(`密码至少 ${passwordLength} 位`)
  if (CLASSES.filter((kind) => kind.test(password)).length < passwordClasses)
    faults.push(
      `密码须包含大写字母、小写字母、数字、符号中的至少${WORDS[passwordClasses] ?? passwordClasses}类`,
    )
  if (password.toLowerCase().includes(userName.toLowerCase())) faults.push('密码不得包含用户名')
  return faults
}

/** Whether the password must be changed before anything else: an initial one, or one that has served its time. */
export const mustChangePassword = (
  account: { mustChange: boolean; passwordChangedAt: Date },
  now: Date,
  { passwordDays }: Pick<SecuritySettings, 'passwordDays'>,
): boolean =>
  account.mustChange || now.getTime() - account.passwordChangedAt.getTime() >= passwordDays * 86_400_000

/** Characters that are not mistaken for each other when read aloud or copied by hand. */
const ALPHABETS = ['abcdefghijkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '@#%*+=?']

/** A random password of 14 characters that satisfies the rules (at least 70 bits). */
export function newInitialPassword(): string {
  const pick = (alphabet: string) => alphabet[randomInt(alphabet.length)]!
  const characters = ALPHABETS.map(pick)
  while (characters.length < 14) characters.push(pick(ALPHABETS[0]! + ALPHABETS[1] + ALPHABETS[2]))
  for (let at = characters.length - 1; at > 0; at--) {
    const other = randomInt(at + 1)
    ;[characters[at], characters[other]] = [characters[other]!, characters[at]!]
  }
  return characters.join('')
}
