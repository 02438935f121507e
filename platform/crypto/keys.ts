/**
 * The installation's secret keys: `DATA_DIR/keys.json`, made on first use and never in the database, so that a copy of
 * the database alone reveals no personal value and lets nobody forge a check value. Back it up apart from the data:
 * without it nothing encrypted can be read again.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { IDENTIFIER_KINDS, type IdentifierKind } from '@hengjian/identifiers'
import { generateSm2KeyPair, sm2PublicKeyOf } from '@hengjian/sm'
import { z } from 'zod'

/** A key that encrypts personal values. `id` (1–255) stands in front of every ciphertext made with it. */
export interface DataKey {
  readonly id: number
  /** SM4 key, 16 bytes. */
  readonly key: Buffer
}

/** All keys of an installation. Keys are 32 bytes where nothing else is said. */
export interface Keys {
  /** The file they were read from. */
  readonly file: string
  /** Every data key ever used, and the id of the one that encrypts now. */
  readonly dataKeys: { readonly current: number; readonly keys: readonly DataKey[] }
  /** HMAC-SM3 keys of digests, one per kind; they do not rotate, because digests must match across years. */
  readonly digestKeys: Readonly<Record<IdentifierKind, Buffer>>
  /** HMAC-SM3 key of row check values (PLT-22). */
  readonly rowCheckKey: Buffer
  /** SM2 pair that signs checkpoints of the audit log: private key 32 bytes, public key 65 bytes. */
  readonly auditSigningKey: { readonly privateKey: Buffer; readonly publicKey: Buffer }
  /** Session and CSRF tokens. */
  readonly sessionKey: Buffer
  /** Calls between nodes. */
  readonly nodeKey: Buffer
  /** Stored files and the links to them. */
  readonly fileKey: Buffer
  /** Last step of password hashes. */
  readonly passwordKey: Buffer
}

/** The keys cannot be used: `exposed` to others, `missing`, `malformed`, or `foreign` to the database. The message never holds a key. */
export class KeysError extends Error {
  readonly code: 'exposed' | 'missing' | 'malformed' | 'foreign'
  constructor(code: KeysError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'KeysError'
    this.code = code
  }
}

/** Where the keys of a data folder stand. */
export const keysFileOf = (dataDir: string): string => join(dataDir, 'keys.json')

/**
 * The keys of a data folder, made on first use. Safe when several processes start at once: all get the same keys.
 * @throws KeysError for a file that others may read or that is damaged; it is never replaced
 */
export function loadKeys(dataDir: string): Keys {
  const file = keysFileOf(dataDir)
  try {
    return readKeys(file)
  } catch (error) {
    if (!(error instanceof KeysError && error.code === 'missing')) throw error
  }
  mkdirSync(dataDir, { recursive: true })
  createFile(file, newKeys())
  return readKeys(file)
}

/** Reads a keys file. @throws KeysError */
export function readKeys(file: string): Keys {
  return { file, ...parse(file, readPrivate(file)) }
}

/**
 * Adds a data key and makes it the one that encrypts; what older keys encrypted stays readable. Running processes
 * encrypt with the key they loaded until they start again; what a newer key encrypted they read by looking into the
 * file again.
 */
export function rotateDataKey(dataDir: string): Keys {
  const file = keysFileOf(dataDir)
  const { current: _, keys } = readKeys(file).dataKeys
  const id = Math.max(...keys.map((key) => key.id)) + 1
  if (id > 255) throw new KeysError('malformed', `${file}: all 255 ids of data keys are used`)
  const stored = JSON.parse(readPrivate(file)) as StoredKeys
  stored.dataKeys.keys.push({ id, key: randomHex(16) })
  stored.dataKeys.current = id
  const temporary = writeTemporary(file, stored)
  renameSync(temporary, file)
  syncFolder(dirname(file))
  return readKeys(file)
}

const bytes = (length: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${length * 2}}$`), `must be ${length} bytes in lower-case hexadecimal`)
    .transform((digits) => Buffer.from(digits, 'hex'))

const schema = z.object({
  version: z.literal(1),
  dataKeys: z
    .object({
      current: z.int(),
      keys: z.array(z.object({ id: z.int().min(1).max(255), key: bytes(16) })).min(1),
    })
    .refine(({ keys }) => new Set(keys.map((key) => key.id)).size === keys.length, 'ids must differ')
    .refine(({ keys, current }) => keys.some((key) => key.id === current), 'current must be one of the keys'),
  digestKeys: z.record(z.enum(IDENTIFIER_KINDS), bytes(32)),
  rowCheckKey: bytes(32),
  auditSigningKey: z
    .object({ privateKey: bytes(32), publicKey: bytes(65) })
    .refine(({ privateKey, publicKey }) => isPair(privateKey, publicKey), 'the keys do not belong together'),
  sessionKey: bytes(32),
  nodeKey: bytes(32),
  fileKey: bytes(32),
  passwordKey: bytes(32),
})

type StoredKeys = z.input<typeof schema>

function newKeys(): StoredKeys {
  const signing = generateSm2KeyPair()
  return {
    version: 1,
    dataKeys: { current: 1, keys: [{ id: 1, key: randomHex(16) }] },
    digestKeys: Object.fromEntries(IDENTIFIER_KINDS.map((kind) => [kind, randomHex(32)])) as Record<
      IdentifierKind,
      string
    >,
    rowCheckKey: randomHex(32),
    auditSigningKey: {
      privateKey: signing.privateKey.toString('hex'),
      publicKey: signing.publicKey.toString('hex'),
    },
    sessionKey: randomHex(32),
    nodeKey: randomHex(32),
    fileKey: randomHex(32),
    passwordKey: randomHex(32),
  }
}

const randomHex = (length: number): string => randomBytes(length).toString('hex')

function isPair(privateKey: Buffer, publicKey: Buffer): boolean {
  try {
    return sm2PublicKeyOf(privateKey).equals(publicKey)
  } catch {
    return false
  }
}

function parse(file: string, text: string): Omit<Keys, 'file'> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which here is secret.
    throw new KeysError('malformed', `${file} is not JSON; restore it from a backup`)
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new KeysError('malformed', `${file} is damaged; restore it from a backup:\n${faults.join('\n')}`)
}

function readPrivate(file: string): string {
  const descriptor = openExisting(file)
  try {
    // Asked of the open file, so that nothing can be put in its place between the check and the reading.
    const mode = fstatSync(descriptor).mode & 0o777
    if ((mode & 0o077) !== 0) {
      throw new KeysError(
        'exposed',
        `${file} may be read by others (mode ${mode.toString(8)}); run: chmod 600 ${file}, and think of its keys as known`,
      )
    }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function openExisting(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new KeysError('missing', `${file} does not exist`, { cause })
  }
}

/** Puts a new file in place whole and durable, unless another process was faster: then theirs stands. */
function createFile(file: string, stored: StoredKeys): void {
  const temporary = writeTemporary(file, stored)
  try {
    // A link, not a rename: a rename would replace keys with which another process may already have encrypted.
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(temporary)
  }
  syncFolder(dirname(file))
}

function writeTemporary(file: string, stored: StoredKeys): string {
  const temporary = `${file}.${process.pid}.${randomHex(4)}`
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(descriptor, `${JSON.stringify(stored, null, 2)}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return temporary
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
