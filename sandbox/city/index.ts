export { generateCity } from './generate-city.ts'
export * from './types.ts'
