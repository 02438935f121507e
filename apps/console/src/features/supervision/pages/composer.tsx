/** A supervisor puts an indicator together and reads at once what it means (SUP-3). */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Alert, App, Button, Form, Input, InputNumber, Segmented, Select, Space } from 'antd'
import { useEffect, useState } from 'react'
import { DetailPage, Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { kindsQuery } from '../../business/api.ts'
import { blocksQuery, composedQuery, supervision, useSupervisionMoved } from '../api.ts'
import {
  BASES,
  COMPARISONS,
  compositionOf,
  EFFECTS,
  type Entered,
  enteredOf,
  formName,
  HANDLING_MEASURES,
  HANDLING_WINDOWS,
  isComplete,
  MEASURES,
  MOMENTS,
  PARTIES,
  WINDOWS,
} from '../components/composition-words.ts'
import { FilterFields } from '../components/filter-fields.tsx'

const FIRST: Entered = {
  moment: 'afterwards',
  effect: 'prompt',
  filters: [],
  compare: [],
  window: 'month',
  months: 3,
  measure: 'count',
  numerator: [],
  base: 'none',
  comparison: '>',
  minimumSample: 30,
}
const CHECK_AFTER_MS = 400

export function ComposerPage() {
  const { code } = useParams({ strict: false }) as { code?: string }
  const blocks = useQuery(blocksQuery)
  const saved = useQuery({ ...composedQuery(code ?? ''), enabled: code !== undefined })
  const newest = saved.data?.versions[0]
  const ready = blocks.data && (code === undefined || newest)
  return (
    <DetailPage
      title={code ? `编制 ${code} 新版本` : '新建自编指标'}
      back={{ to: code ? `/composed-indicators/${code}` : '/composed-indicators', label: '自编指标' }}
      loading={!ready}
      error={blocks.error ?? saved.error}
      onRetry={() => void blocks.refetch()}
    >
      {ready && (
        <ComposerForm
          {...(code ? { code } : {})}
          facts={blocks.data}
          initial={newest ? enteredOf(newest.composition) : FIRST}
        />
      )}
    </DetailPage>
  )
}

type Facts = Awaited<ReturnType<typeof supervision.findBlocks>>['facts']

function ComposerForm({ code, facts, initial }: { code?: string; facts: Facts; initial: Entered }) {
  const [form] = Form.useForm<Entered>()
  const entered = (Form.useWatch([], form) ?? initial) as Entered
  const { sentence, general } = useWords(form, entered)
  const moved = useSupervisionMoved()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const { busy, error, submit } = useSubmit<Entered>(null, async () => {
    const composition = compositionOf(form.getFieldsValue(true))
    const kept = code
      ? await supervision.saveComposed({ code, composition })
      : await supervision.createComposed({ composition })
    message.success(`已保存为 ${kept.code} 第 ${kept.newest} 版`)
    await moved()
    await navigate({ to: `/composed-indicators/${kept.code}` })
  })
  const own = facts.find(({ fact }) => fact === entered.source)?.fields ?? []
  const counted = entered.measure === 'share' ? facts.find(({ fact }) => fact === entered.fact)?.fields : own
  const comparable = own.filter(({ type }) => !['personal', 'moment'].includes(type))
  const takesField = ['count_distinct', 'sum', 'average', 'max'].includes(entered.measure ?? '')
  const measurable = entered.measure === 'count_distinct' ? own : own.filter(({ type }) => type === 'number')
  const handling = entered.moment === 'handling'
  const parties = facts.find(({ fact }) => fact === entered.source)?.parties ?? []
  const select = (items: readonly { field: string; title: string }[]) =>
    items.map(({ field, title }) => ({ value: field, label: title }))
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={initial}
      onFinish={submit}
      style={{ maxWidth: 900 }}
      onValuesChange={(changed) => {
        // Fields of another kind of record mean nothing here.
        if ('source' in changed)
          form.setFieldsValue({
            filters: [],
            compare: [],
            numerator: [],
            measured: undefined as never,
            about: undefined as never,
          })
        if (changed.moment === 'handling' && !HANDLING_MEASURES.includes(form.getFieldValue('measure')))
          form.setFieldsValue({ measure: 'count', measured: undefined as never })
      }}
    >
      <div className="hj-composed">
        <Panel title="含义">
          <div aria-live="polite">
            {sentence ? (
              <p style={{ fontSize: 16, margin: 0 }}>
                {sentence.replace('X1', ` ${entered.threshold ?? 0} `)}
              </p>
            ) : (
              <p className="hj-muted" style={{ margin: 0 }}>
                {isComplete(entered)
                  ? '请改正标出的项目'
                  : '填写名称、业务记录和比较对象后，这里用一句话说明指标的含义'}
              </p>
            )}
          </div>
          {general.length > 0 && (
            <Alert type="error" showIcon style={{ marginTop: 8 }} title={general.join('；')} />
          )}
        </Panel>
      </div>
      <Panel title="统计什么">
        <Form.Item name="title" label="名称" rules={[{ required: true, min: 2, message: '请填写名称' }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item
          name="moment"
          label="何时判断"
          extra={handling ? '与出厂的事中指标一起，在受理时即时判断；不产生研判结果。' : undefined}
        >
          <Segmented options={MOMENTS} />
        </Form.Item>
        {handling && <BusinessKinds />}
        <Form.Item name="source" label="业务记录" rules={[{ required: true, message: '请选择业务记录' }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={facts.map(({ fact, title }) => ({ value: fact, label: title }))}
          />
        </Form.Item>
        <FilterFields name="filters" label="其中（全部满足）" blocks={own} />
        {handling ? (
          <Form.Item
            name="about"
            label="谁的记录"
            extra="只看本笔业务的对象，含各地各机构的记录，截至受理时。"
            rules={[{ required: true, message: '请选择谁的记录' }]}
          >
            <Select options={PARTIES.filter(({ value }) => parties.includes(value))} />
          </Form.Item>
        ) : (
          <Form.Item
            name="compare"
            label="比较对象"
            extra="按它分组比较；第一个是嫌疑业务的主体，其余把统计分得更细。"
          >
            <Select
              mode="multiple"
              maxCount={4}
              showSearch={{ optionFilterProp: 'label' }}
              options={select(comparable)}
            />
          </Form.Item>
        )}
        <Space
          wrap
          size={16}
          align="start"
          style={handling && entered.about === 'transaction' ? { display: 'none' } : {}}
        >
          <Form.Item name="window" label="统计周期">
            <Segmented options={handling ? HANDLING_WINDOWS : WINDOWS} />
          </Form.Item>
          {entered.window === 'rolling' && (
            <Form.Item name="months" label="月数">
              <InputNumber min={1} max={36} />
            </Form.Item>
          )}
        </Space>
      </Panel>
      <Panel title="怎么算">
        <Form.Item name="measure" label="统计量">
          <Select options={MEASURES.filter(({ value }) => !handling || HANDLING_MEASURES.includes(value))} />
        </Form.Item>
        {takesField && (
          <Form.Item name="measured" label="取哪个字段">
            <Select showSearch={{ optionFilterProp: 'label' }} options={select(measurable)} />
          </Form.Item>
        )}
        {entered.measure === 'share' && (
          <Form.Item name="fact" label="作为分子的记录">
            <Select options={facts.map(({ fact, title }) => ({ value: fact, label: title }))} />
          </Form.Item>
        )}
        {(entered.measure === 'rate' || entered.measure === 'share') && (
          <FilterFields name="numerator" label="分子的条件" blocks={counted ?? []} />
        )}
        {!handling && (
          <Form.Item name="base" label="与谁比较">
            <Select options={BASES} />
          </Form.Item>
        )}
        <Space wrap size={16} align="start">
          <Form.Item name="comparison" label="比较">
            <Select options={COMPARISONS} style={{ width: 130 }} />
          </Form.Item>
          <Form.Item name="threshold" label="阈值" rules={[{ required: true, message: '请填写阈值' }]}>
            <InputNumber min={0} style={{ width: 130 }} />
          </Form.Item>
          {handling ? (
            <Form.Item name="effect" label="达到时">
              <Segmented options={EFFECTS} />
            </Form.Item>
          ) : (
            <Form.Item name="minimumSample" label="最小样本" extra="少于它的不作判定">
              <InputNumber min={0} precision={0} style={{ width: 130 }} />
            </Form.Item>
          )}
        </Space>
        <Form.Item name="legalBasis" label="依据（可不填）">
          <Input maxLength={300} />
        </Form.Item>
      </Panel>
      <ProblemAlert error={error} />
      <Space style={{ marginTop: 12 }}>
        <Button type="primary" htmlType="submit" loading={busy} disabled={!sentence}>
          保存
        </Button>
        <span className="hj-muted">保存后可以回测；经第二人批准后启用。</span>
      </Space>
    </Form>
  )
}

function BusinessKinds() {
  const { data: kinds = [] } = useQuery(kindsQuery)
  return (
    <Form.Item
      name="businessKinds"
      label="受理哪些业务"
      rules={[{ required: true, message: '请选择业务类型' }]}
    >
      <Select
        mode="multiple"
        showSearch={{ optionFilterProp: 'label' }}
        options={kinds.map(({ code, title }) => ({ value: code, label: title }))}
      />
    </Form.Item>
  )
}

/** Ask the server what it means a moment after the last change; faults are shown at their fields. */
function useWords(form: ReturnType<typeof Form.useForm<Entered>>[0], entered: Entered) {
  const asked = JSON.stringify(isComplete(entered) ? compositionOf(entered) : null)
  const [settled, setSettled] = useState(asked)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), CHECK_AFTER_MS)
    return () => clearTimeout(timer)
  }, [asked])
  const { data } = useQuery({
    queryKey: ['supervision', 'composition', settled],
    queryFn: () => supervision.checkComposition({ composition: JSON.parse(settled) }),
    enabled: settled !== 'null',
    retry: false,
  })
  useEffect(() => {
    const names = form.getFieldsError().map(({ name }) => name)
    const faults = data?.faults ?? []
    form.setFields(names.map((name) => ({ name, errors: [] })) as never)
    form.setFields(faults.map(({ path, message }) => ({ name: formName(path), errors: [message] })) as never)
  }, [data, form])
  const shown = asked === settled ? data : undefined
  const general = (shown?.faults ?? [])
    .filter(({ path }) => form.getFieldInstance(formName(path) as never) === undefined)
    .map(({ message }) => message)
  return { sentence: shown?.sentence ?? null, general }
}
