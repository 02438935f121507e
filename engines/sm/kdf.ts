import { sm3 } from './sm3.ts'

/** Key derivation of GB/T 32918.3-2016 §5.4.3: SM3(z‖1)‖SM3(z‖2)‖… cut to `length` bytes. */
export function sm2Kdf(z: Uint8Array, length: number): Buffer {
  const input = Buffer.concat([z, Buffer.alloc(4)])
  const blocks: Buffer[] = []
  for (let counter = 1; blocks.length * 32 < length; counter += 1) {
    input.writeUInt32BE(counter, z.length)
    blocks.push(sm3(input))
  }
  return Buffer.concat(blocks).subarray(0, length)
}
