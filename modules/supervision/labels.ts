/** Chinese names of fact kinds, and where the console shows a record. */
const factLabels: Readonly<Record<string, string>> = {
  person: '人员',
  vehicle: '机动车',
  vehicle_owner: '机动车所有权',
  licence: '驾驶证',
  transaction: '业务流水',
  transaction_step: '办理环节',
  transaction_change: '变更事项',
  amendment: '流水修改',
  correction: '档案更正',
  number_selection: '选号',
  inspection: '检验',
  inspection_item: '检验项目',
  examination: '考试',
  examination_item: '考试扣分',
  external_check: '外部核查',
  person_change: '信息变更',
  clock_offset: '时钟误差',
  investigation: '调查',
  non_compliant_product: '违规产品',
  agent_quota: '代理人限额',
}

/** Chinese name of a fact kind; the code itself for one that is not known here. */
export const factLabel = (fact: string): string => factLabels[fact] ?? fact

/** Page of the console that shows a record; vehicles are found by their plate. Null where it has none. */
export function linkOf(record: { fact: string; id: string }, number: string | null): string | null {
  if (record.fact === 'transaction') return `/transactions/${record.id}`
  if (record.fact === 'vehicle' && number !== null) return `/transactions?plate=${encodeURIComponent(number)}`
  return null
}

/** A number a reader may recognise but not use: first and last two characters, `26*******45`. */
export const masked = (number: string): string =>
  number.length <= 4
    ? '*'.repeat(number.length)
    : `${number.slice(0, 2)}${'*'.repeat(number.length - 4)}${number.slice(-2)}`
