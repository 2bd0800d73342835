/**
 * Steps of an isolated run that are not run: those that the test mocks, and those whose effects could leave the run by another way than
 * HTTP. In their place stands a node type with the same params and ports that answers what the test says.
 */
import type { Definition, DefinitionNode } from '@automateos/shared/model/definition';
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { NodeMock, WorkflowTest } from '@automateos/shared/model/workflow-test';
import type { NodeType, NodeTypes, StepContext, StepResult } from '@automateos/shared/ports/node-runtime';
import { contains } from './contains.ts';

type NodeMocks = NonNullable<WorkflowTest['mocks']['nodes']>;

export type MockedNodes = {
  readonly definition: Definition;
  readonly nodeTypes: NodeTypes;
  /** Mocks that cannot stand for anything, in words. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
};

/** They reach out by the mocked HTTP client or the sandbox only. */
const harmlessEffects = new Set(['http.request', 'script.javascript', 'script.python']);

const mockType = (type: string): string => `mocked.${type}`;

export function mockNodes(definition: Definition, nodeTypes: NodeTypes, mocks: NodeMocks): MockedNodes {
  const answers = createAnswers(mocks);
  const types = new Map(nodeTypes);
  const nodes = definition.nodes.map((node): DefinitionNode => {
    const { credential: _, ...plain } = node; // none is opened
    const type = nodeTypes.get(node.type);
    if (type === undefined || node.disabled === true || !isReplaced(node, type, mocks)) return plain;
    types.set(mockType(node.type), standIn(type, answers));
    return { ...plain, type: mockType(node.type) };
  });
  return { definition: { ...definition, nodes }, nodeTypes: types, problems: misplaced(definition, nodeTypes, mocks) };
}

function isReplaced(node: DefinitionNode, type: NodeType, mocks: NodeMocks): boolean {
  if (!mayBeMocked(type)) return false;
  if (Object.hasOwn(mocks, node.id) || node.type === 'flow.call') return true;
  return type.kind === 'effect' && !harmlessEffects.has(node.type);
}

const mayBeMocked = ({ manifest }: NodeType): boolean => manifest.container !== true && manifest.kind !== 'trigger';

function standIn({ manifest }: NodeType, answers: Answers): NodeType {
  const { credentialKinds: _, ...rest } = manifest;
  return {
    kind: 'effect',
    manifest: { ...rest, type: mockType(manifest.type), effect: 'effect', pool: 'branches' },
    execute: async (context) => answers(context),
  };
}

type Answers = (context: StepContext) => StepResult;

function createAnswers(mocks: NodeMocks): Answers {
  const listed = new Map(Object.entries(mocks).map(([id, mock]) => [id, [mock].flat()]));
  const used = new Map<NodeMock, number>();
  return ({ nodeId, params }) => {
    const mock = (listed.get(nodeId) ?? []).find((one) => (used.get(one) ?? 0) < (one.times ?? Infinity) && fits(one, params));
    if (mock === undefined) {
      const message = `No mock of the test stands for step ${nodeId} with these params: mocks.nodes.${nodeId}`;
      throw new StepError({ code: 'MOCK_MISSING', message, retryable: false });
    }
    used.set(mock, (used.get(mock) ?? 0) + 1);
    if (mock.error !== undefined) throw new StepError(mock.error);
    return { output: mock.output ?? null, ...(mock.port === undefined ? {} : { port: mock.port }) };
  };
}

const fits = ({ when }: NodeMock, params: JsonObject): boolean => when === undefined || contains(params, when);

function misplaced(definition: Definition, nodeTypes: NodeTypes, mocks: NodeMocks): MockedNodes['problems'] {
  const nodes = new Map(definition.nodes.map((node) => [node.id, node]));
  return Object.keys(mocks).flatMap((id) => {
    const node = nodes.get(id);
    const type = node === undefined ? undefined : nodeTypes.get(node.type);
    const path = `mocks.nodes.${id}`;
    if (node === undefined) return [{ path, message: `The workflow has no node ${id}.` }];
    if (type === undefined || mayBeMocked(type)) return [];
    return [{ path, message: `${id} is a ${node.type}: triggers and loops cannot be mocked, only what is in them.` }];
  });
}
