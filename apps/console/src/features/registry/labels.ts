import type { InstitutionKind } from '@hengjian/registry/contract'
import type { StateLabels } from '../../parts/state-tag.tsx'

export const institutionKinds: Record<InstitutionKind, string> = {
  inspection_station: '检验机构',
  exam_site: '考场',
  driving_school: '驾校',
  hospital: '医院',
  dealer: '4S 店',
  used_car_market: '二手车市场',
  registration_station: '机动车登记服务站',
  service_station: '服务站',
  post_office: '邮政网点',
  training_body: '培训机构',
  other: '其他',
}
export const filingStates: StateLabels = {
  active: { label: '正常', tone: 'good' },
  suspended: { label: '暂停', tone: 'warn' },
  revoked: { label: '撤销', tone: 'bad' },
}
