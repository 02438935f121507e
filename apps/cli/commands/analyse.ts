import type { Command } from 'commander'
export function addAnalyse(_program: Command): void {}
