const TABLE = new Int32Array(256).map((_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc
})

/** CRC_32 of PSI sections and program stream maps (ISO/IEC 13818-1 Annex A): not reflected, no final inversion. */
export function crc32Mpeg(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) crc = (crc << 8) ^ TABLE[((crc >>> 24) ^ byte) & 0xff]!
  return crc >>> 0
}
