// The list of cards, in groups.
import { memo, type ComponentType } from 'react'
import { COUNT, GROUP } from './contender.ts'

interface Props {
  readonly View: ComponentType<{ readonly at: number }>
}

const Group = memo(({ View, from }: Props & { readonly from: number }) => (
  <ul>
    {Array.from({ length: GROUP }, (_, i) => (
      <View key={i} at={from + i} />
    ))}
  </ul>
))

export const Groups = ({ View }: Props) =>
  Array.from({ length: COUNT / GROUP }, (_, n) => <Group key={n} View={View} from={n * GROUP} />)
