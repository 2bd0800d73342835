/** An edge in rounded steps. One that passes other cards goes by the lane that the layout kept free for it. */
import { BaseEdge, type Edge, type EdgeProps, getSmoothStepPath } from '@xyflow/react';
import { memo, type ReactNode } from 'react';

export type LaneEdge = Edge<{ laneX: number | null }, 'lane'>;

const corner = 10;
/** From a card to the first turn. */
const stub = 22;

export const LaneEdgeView = memo(function LaneEdgeView(props: EdgeProps<LaneEdge>): ReactNode {
  const laneX = props.data?.laneX ?? null;
  const path =
    laneX === null ? getSmoothStepPath({ ...props, borderRadius: corner, offset: 12 })[0] : lanePath({ ...props, laneX });
  return <BaseEdge path={path} />;
});

type Ends = {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
  readonly laneX: number;
};

function lanePath(ends: Ends): string {
  const { sourceX, sourceY, targetX, targetY, laneX } = ends;
  const out = sourceY + stub;
  const back = targetY - stub;
  return `M${sourceX},${sourceY} ${turn(sourceX, laneX, out)} V${Math.abs(laneX - targetX) < 1 ? targetY : back - corner} ${turn(laneX, targetX, back)} V${targetY}`;
}

/** Down to `y`, across, and on downwards, with round corners as far as there is room. */
function turn(fromX: number, toX: number, y: number): string {
  const across = Math.abs(toX - fromX);
  if (across < 1) return '';
  const r = Math.min(corner, across / 2);
  const side = Math.sign(toX - fromX);
  return `V${y - r} Q${fromX},${y} ${fromX + side * r},${y} H${toX - side * r} Q${toX},${y} ${toX},${y + r}`;
}
